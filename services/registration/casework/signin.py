"""A coordinator asks for a link to sign in with; strangers get the same answer and no mail."""

from datetime import timedelta

from services.registration.casework.doors import SIGN_IN_LINK
from services.registration.domain.identity import plain_mail
from services.registration.store import Links
from shared.contracts.events import Lang, SignInAsked
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.runtime.limits import LimitKeys, use_limits
from shared.runtime.transaction import Transaction

LINK_OPENS = timedelta(hours=24)


async def ask_link(address: str, lang: Lang, keys: LimitKeys, tx: Transaction) -> None:
    """State that the association behind this functional address wants a link, if there is one.

    Within five minutes it is mailed one link; who asks again reads the same answer.
    """
    wanted = plain_mail(address.strip())
    for association in ASSOCIATIONS.values():
        if plain_mail(association.coordinator) != wanted:
            continue
        use = keys.use(SIGN_IN_LINK, "association", association.code)
        if await use_limits(tx.connection, [use], tx.now) is not None:
            continue
        signin_id = tx.new_id()
        mark = tx.fingerprint("signin", signin_id)
        await Links(tx.connection).keep("signin", association.code, mark, tx.now + LINK_OPENS)
        tx.emit(SignInAsked(signin_id=signin_id, association=association.code, lang=lang))
