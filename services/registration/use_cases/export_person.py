"""Everything that is held about a person, gathered from all services for the person to see."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.registration.domain.identity import Identity
from services.registration.store import AccessLog, OwnData, People
from services.registration.store.own_data import Subject
from services.registration.use_cases.vault_provider import vault
from shared.contracts.held import HELD_QUEUES, HeldAsked, HeldGiven
from shared.messaging.envelope import InvalidMessage
from shared.persistence.transaction import Transaction
from shared.service.errors import TRANSIENT_ERRORS

Tables = dict[str, list[dict[str, Any]]]
Ask = Callable[[str, BaseModel, type[HeldGiven]], Awaitable[HeldGiven]]

NO_ANSWER: tuple[type[Exception], ...] = (*TRANSIENT_ERRORS, InvalidMessage)
"""What asking another service may fail with: the person is then told that a part is missing."""


@dataclass(frozen=True)
class PersonData:
    """What is held. `services`: what each of the others answered; `missing`: who did not."""

    subject: Subject
    made_at: datetime
    identity: Identity = field(repr=False)
    tables: Tables
    looks: Sequence[dict[str, Any]]
    ids: Sequence[UUID]
    services: dict[str, Tables] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The whole as plain data, for a file."""
        return {
            "format": "binome-person/1",
            "made_at": self.made_at.isoformat(),
            "person_id": str(self.subject.person_id),
            "side": self.subject.side,
            "identity": {name: _plain(value) for name, value in asdict(self.identity).items()},
            "who_looked": list(self.looks),
            "services": {"registration": self.tables, **self.services},
            "missing": list(self.missing),
        }


async def read_own(subject: Subject, reader: str, tx: Transaction) -> PersonData | None:
    """Registration's part; None for somebody erased. The look is in the ledger, under `reader`."""
    opened = await People(tx.connection, vault()).open(subject.person_id)
    if opened is None:
        return None
    await AccessLog(tx.connection).write(tx.now, reader, subject.person_id, "identity", "export")
    tables_of = OwnData(tx.connection)
    ids = await tables_of.ids_of(subject.person_id)
    tables, looks = await tables_of.tables(ids), await tables_of.looks(subject.person_id)
    return PersonData(subject, tx.now, opened[0], tables, looks, ids)


async def ask_others(data: PersonData, ask: Ask) -> PersonData:
    """The same with what the other services hold, all asked at once; outside of a transaction."""
    names = [*HELD_QUEUES]
    answers = await asyncio.gather(*(_ask_service(name, data, ask) for name in names))
    given = dict(zip(names, answers, strict=True))
    tables_of = {name: tables for name, tables in given.items() if tables is not None}
    missing = tuple(name for name in names if given[name] is None)
    return PersonData(
        data.subject,
        data.made_at,
        data.identity,
        data.tables,
        data.looks,
        data.ids,
        tables_of,
        missing,
    )


async def _ask_service(name: str, data: PersonData, ask: Ask) -> Tables | None:
    try:
        return (await ask(HELD_QUEUES[name], HeldAsked(ids=tuple(data.ids)), HeldGiven)).tables
    except NO_ANSWER:
        return None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
