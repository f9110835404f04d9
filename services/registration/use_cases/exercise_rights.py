"""What a person, or a minor's guardian, may do by their own link: see, withdraw, erase."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.registration.domain.identity import Identity, contacts_of
from services.registration.domain.phones import read_mobile
from services.registration.store import Links, OwnData, Requests
from services.registration.store.own_data import Subject
from services.registration.use_cases.erase_person import erase_person
from services.registration.use_cases.vault_provider import fictional_numbers, vault
from services.registration.use_cases.withdraw_request import withdraw_request
from shared.persistence.transaction import Transaction

Reader = Literal["person", "guardian"]
PURPOSES: dict[Reader, str] = {"person": "request", "guardian": "parent"}
"""Whose link it is → its purpose."""


@dataclass(frozen=True)
class Behind:
    """What a link leads to: whose it is, and what it was made of (a request, a person)."""

    reader: Reader
    link_subject: UUID
    subject: Subject


async def read_link(reader: Reader, mark: bytes, tx: Transaction) -> Behind | None:
    """Who stands behind a link; None for one that is unknown or expired, all the same."""
    person_id = await Links(tx.connection).subject(PURPOSES[reader], mark, tx.now)
    subject = await OwnData(tx.connection).find(UUID(person_id)) if person_id else None
    return Behind(reader, UUID(person_id), subject) if person_id and subject else None


async def withdraw_own(linked: Behind, tx: Transaction) -> bool:
    """Everything that the young person asks for stops; false when nothing was open."""
    stopped = False
    for request_id in await Requests(tx.connection).open_ids_of(linked.subject.person_id):
        request = await Requests(tx.connection).get_for_update(request_id)
        stopped |= bool(request and await withdraw_request(request, "withdrawn", tx))
    return stopped


async def erase_own(linked: Behind, tx: Transaction) -> None:
    """Erase the person, now."""
    await erase_person(linked.subject.person_id, linked.subject.side, linked.reader, tx)


async def find_by_contact(contact: str, tx: Transaction) -> list[Subject]:
    """Who gave this mail address or number. Raises ValueError for what is neither."""
    mail = contact if "@" in contact else None
    phone = None if mail else read_mobile(contact, None, fictional_numbers())
    nobody = Identity("", "", date.min, email=mail, phone=phone)
    kind, _, text = next(contacts_of(nobody)).partition(":")
    return await OwnData(tx.connection).with_contact(vault().blind(kind, text))
