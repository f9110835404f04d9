"""A coordinator asks for a link to sign in with; strangers get the same answer and no mail."""

from datetime import timedelta

from services.registration.domain.identity import plain_mail
from services.registration.store import Links
from shared.contracts.events import Lang, SignInAsked
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.runtime.transaction import Transaction

LINK_OPENS = timedelta(hours=24)


async def ask_link(address: str, lang: Lang, tx: Transaction) -> None:
    """State that the association behind this functional address wants a link, if there is one."""
    wanted = plain_mail(address.strip())
    for association in ASSOCIATIONS.values():
        if plain_mail(association.coordinator) != wanted:
            continue
        signin_id = tx.new_id()
        mark = tx.fingerprint("signin", signin_id)
        await Links(tx.connection).keep("signin", association.code, mark, tx.now + LINK_OPENS)
        tx.emit(SignInAsked(signin_id=signin_id, association=association.code, lang=lang))
