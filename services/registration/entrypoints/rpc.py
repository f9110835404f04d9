"""The one answer that moves personal data: whom notification is to write to, and it is noted.

What of one person goes into a message to another is answered for a pair that stands, only.
"""

from datetime import date
from uuid import UUID

from services.registration.domain.age import is_minor, needs_guardian
from services.registration.domain.identity import Identity
from services.registration.store import AccessLog, People, Proofs, Users
from services.registration.use_cases.change_contact import former_contact
from services.registration.use_cases.disclose_identity import refuse_disclosure
from services.registration.use_cases.prove_contact import first_address
from services.registration.use_cases.vault_provider import vault
from shared.contracts.contact import ContactAsked, ContactGiven
from shared.contracts.types import PARIS, Lang
from shared.contracts.vocabulary.associations import association_or_head
from shared.persistence.transaction import Transaction

NOBODY = ContactGiven(found=False)
CONTACT_CHANGED = "contact_changed"
"""Purpose of the one message that goes to an address that is no longer in force."""


async def give_contact(asked: ContactAsked, tx: Transaction) -> ContactGiven:
    """Name, address and phone of one recipient for one message; a ledger row for each answer."""
    if asked.recipient == "coordinator":
        return await _coordinator(asked.person, tx)
    if asked.purpose == CONTACT_CHANGED:
        return await _former(asked, tx)
    person_id = _uuid(asked.person)
    opened = await People(tx.connection, vault()).open(person_id) if person_id else None
    if person_id is None or opened is None:
        return NOBODY
    if asked.addressee:
        people = {person_id, asked.addressee}
        if refused := await refuse_disclosure(asked.pair_id, people, tx):
            return ContactGiven(found=False, refused=refused)
    await AccessLog(tx.connection).write(
        tx.now, "notification", person_id, f"contact:{asked.recipient}", asked.purpose
    )
    identity, lang = opened
    if asked.recipient == "guardian":
        given = _guardian(identity, lang)
    else:
        given = _person(identity, lang, tx.now.astimezone(PARIS).date())
    address = first_address(identity, asked.recipient)
    unproved = address and await Proofs(tx.connection, vault()).is_unproved(person_id, address)
    return given.model_copy(update={"unproved": bool(unproved)})


async def _former(asked: ContactAsked, tx: Transaction) -> ContactGiven:
    """The old address, for the message that tells of a change: asked for by the change's id."""
    change_id = _uuid(asked.person)
    former = await former_contact(change_id, tx) if change_id else None
    if former is None:
        return NOBODY
    person_id, identity = former
    await AccessLog(tx.connection).write(
        tx.now, "notification", person_id, f"contact:{asked.recipient}", asked.purpose
    )
    if asked.recipient == "guardian":
        return _guardian(identity, "fr")
    return _person(identity, "fr", tx.now.astimezone(PARIS).date())


def _person(identity: Identity, lang: Lang, today: date) -> ContactGiven:
    return ContactGiven(
        found=True,
        first_name=identity.first_name,
        email=identity.email,
        phone=identity.phone,
        lang=lang,
        minor=is_minor(identity.born, today),
        guarded=needs_guardian(identity.born, today),
    )


def _guardian(identity: Identity, lang: Lang) -> ContactGiven:
    if not identity.has_guardian_contact:
        return NOBODY
    return ContactGiven(
        found=True,
        first_name=identity.guardian_first_name or "",
        email=identity.guardian_email,
        phone=identity.guardian_phone,
        lang=lang,
    )


async def _coordinator(person: str, tx: Transaction) -> ContactGiven:
    """A functional address, in the associations' file for all to see, or, by their id, the own
    address of a person of an association, for their sign-in link: no ledger row.
    Who writes to an association that left the file reaches the network's head."""
    if user_id := _uuid(person):
        address = await Users(tx.connection, vault()).address_of(user_id)
        return ContactGiven(found=True, email=address) if address else NOBODY
    association = association_or_head(person)
    return ContactGiven(found=True, email=association.coordinator) if association else NOBODY


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
