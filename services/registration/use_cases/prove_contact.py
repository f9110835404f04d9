"""An address that anybody may have typed on an open page proves to be somebody's.

What proves it is a button on the page of a link that was sent there: POST. A page that was merely
opened proves nothing, since mail scanners follow links. Until then registrations cause few
messages to it (`services/notification/use_cases/apply_quotas.py`). Nobody is shown what is opened
here.
"""

from typing import Literal
from uuid import UUID

from services.registration.domain.identity import Identity
from services.registration.store import ContactChanges, People, Proofs, Requests
from services.registration.store.contact_changes import Role
from services.registration.use_cases.vault_provider import vault
from shared.contracts.addresses import plain_mail
from shared.contracts.events import ContactProved
from shared.persistence.transaction import Transaction

Prover = Literal["mentee", "mentor", "guardian"]


async def prove_contact(person_id: UUID, recipient: Prover, tx: Transaction) -> None:
    """Note that the address of a person, or of their guardian, is theirs; where anybody may have
    typed it, that is stated."""
    address = await _proved_by_link(person_id, recipient, tx)
    if address is None:
        return
    proofs = Proofs(tx.connection, vault())
    if await proofs.is_unproved(person_id, address):
        tx.publish(ContactProved(person_id=person_id, recipient=recipient))
    await proofs.add(person_id, address, tx.now)


async def prove_by_link(subject: UUID, tx: Transaction) -> bool:
    """A button on the tracking page of a request, or of a mentor, was pressed. False: neither."""
    asked = await Requests(tx.connection).with_id(subject)
    if asked is not None:
        await prove_contact(asked.mentee_id, "mentee", tx)
        return True
    mentor = await People(tx.connection, vault()).mentor(subject)
    if mentor is not None:
        await prove_contact(subject, "mentor", tx)
    return mentor is not None


async def asks_for_proof(person_id: UUID, recipient: Prover, tx: Transaction) -> bool:
    """Whether the page behind the link offers the button that proves the address."""
    if await _proved_by_link(person_id, recipient, tx) is None:
        return False
    return await is_unproved(person_id, recipient, tx)


async def _proved_by_link(
    person_id: UUID, recipient: Prover, tx: Transaction
) -> tuple[str, str] | None:
    """The address that a button behind the link proves; None once whoever holds the link has
    named another one: the link was theirs before."""
    role: Role = "guardian" if recipient == "guardian" else "person"
    if await ContactChanges(tx.connection, vault()).are_in_force(person_id, role):
        return None
    return await _address_of(person_id, recipient, tx)


async def is_unproved(person_id: UUID, recipient: Prover, tx: Transaction) -> bool:
    """Whether anybody may have typed that address, and nobody has shown that it is theirs."""
    address = await _address_of(person_id, recipient, tx)
    if address is None:
        return False
    return await Proofs(tx.connection, vault()).is_unproved(person_id, address)


async def _address_of(
    person_id: UUID, recipient: Prover, tx: Transaction
) -> tuple[str, str] | None:
    opened = await People(tx.connection, vault()).open(person_id)
    return first_address(opened[0], recipient) if opened else None


def first_address(identity: Identity, recipient: str) -> tuple[str, str] | None:
    """The address that messages go to first: the mail, else the phone; None for none."""
    guardian = recipient == "guardian"
    email = identity.guardian_email if guardian else identity.email
    phone = identity.guardian_phone if guardian else identity.phone
    if email:
        return "mail", plain_mail(email)
    return ("phone", phone) if phone else None
