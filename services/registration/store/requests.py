"""Requests of young people, from the form to the association that takes charge."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.domain.publics import SENSITIVE
from services.registration.domain.request_states import OPEN, Minority
from services.registration.store.request_progress import (
    acknowledge_requests,
    insert_requests,
    route_requests,
    take_requests_in_charge,
)
from services.registration.store.requests_in_hand import count_in_hand
from shared.contracts.codes import READING
from shared.contracts.criteria import MenteeCriteria
from shared.contracts.types import Lang
from shared.persistence.batch import Connection
from shared.persistence.database import Record

NOT_PLACED = "SELECT count(*) FROM requests WHERE state = 'placing'"
"""Requests between two steps: none, unless a transaction was lost."""

ERASED = MenteeCriteria.model_construct(
    needs=(), slots=(), level="", department="", languages=(), publics=()
)
"""The criteria of a request whose person was erased."""


@dataclass(frozen=True)
class Request:
    """A request as it is kept. `criteria.publics` holds all publics, the sensitive ones too."""

    id: UUID
    mentee_id: UUID
    state: str
    criteria: MenteeCriteria
    age: int
    registered_at: datetime
    lang: Lang = "fr"
    association: str | None = None
    routed_at: datetime | None = None
    answer_by: datetime | None = None
    confirmed_at: datetime | None = None
    consented_at: datetime | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    minority: Minority | None = None
    """None: an adult. It moves on the 15th and the 18th birthday."""
    guardian_contact: bool = False
    guardian_told_at: datetime | None = None


_FIELDS = (
    "r.id, r.mentee_id, r.state, r.criteria, r.age, r.registered_at, p.lang, r.association,"
    " r.routed_at, r.answer_by, r.confirmed_at, r.consented_at, r.acknowledged_at, r.closed_at,"
    " r.minority, r.guardian_contact, r.guardian_told_at,"
    " ARRAY(SELECT public FROM sensitive_publics s WHERE s.request_id = r.id) AS sensitive"
)
_REQUESTS = f"SELECT {_FIELDS} FROM requests r JOIN persons p ON p.id = r.mentee_id"


class Requests:
    """Every read and change of a request."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, request: Request) -> None:
        """Keep a new request; its sensitive publics go to their own table."""
        plain, sensitive = _split_publics(request.criteria)
        await insert_requests(self._connection, (_values(request, plain), sensitive))

    async def with_id(self, request_id: UUID) -> Request | None:
        """A request by its id, unlocked; None for an unknown one."""
        return _one(await self._connection.fetchrow(f"{_REQUESTS} WHERE r.id = $1", request_id))

    async def get_for_update(self, request_id: UUID) -> Request | None:
        """The request, kept from others until the transaction ends."""
        row = await self._connection.fetchrow(
            f"{_REQUESTS} WHERE r.id = $1 FOR UPDATE OF r", request_id
        )
        return _one(row)

    async def open_of(self, mentee_id: UUID) -> UUID | None:
        """The young person's request that is not over yet."""
        request_id: UUID | None = await self._connection.fetchval(
            "SELECT id FROM requests WHERE mentee_id = $1 AND state = ANY($2)"
            " ORDER BY registered_at LIMIT 1",
            mentee_id,
            OPEN,
        )
        return request_id

    async def open_ids_of(self, mentee_id: UUID) -> list[UUID]:
        """The young person's requests that are not over yet."""
        rows = await self._connection.fetch(
            "SELECT id FROM requests WHERE mentee_id = $1 AND state = ANY($2) ORDER BY id",
            mentee_id,
            OPEN,
        )
        return [row["id"] for row in rows]

    async def mentees_in_charge_of(self, associations: Sequence[str]) -> list[UUID]:
        """Everybody whose request one of these associations has in charge."""
        rows = await self._connection.fetch(
            "SELECT DISTINCT mentee_id FROM requests"
            " WHERE state = 'confirmed' AND association = ANY($1)",
            list(associations),
        )
        return [row["mentee_id"] for row in rows]

    async def latest_of(self, mentee_id: UUID) -> UUID | None:
        """The young person's request, the open one first, else the last one."""
        request_id: UUID | None = await self._connection.fetchval(
            "SELECT id FROM requests WHERE mentee_id = $1"
            " ORDER BY (state = ANY($2)) DESC, registered_at DESC, id LIMIT 1",
            mentee_id,
            OPEN,
        )
        return request_id

    async def association_in_charge(self, mentee_id: UUID) -> str | None:
        """The association that has taken charge of this young person's open request."""
        association: str | None = await self._connection.fetchval(
            "SELECT association FROM requests WHERE mentee_id = $1 AND state = 'confirmed'"
            " ORDER BY registered_at LIMIT 1",
            mentee_id,
        )
        return association

    async def count_in_hand(self) -> Counter[str]:
        """How many requests each association has in hand; one count for all handlers of a batch,
        in which each adds what it routes."""
        return await count_in_hand(self._connection)

    async def route(
        self, request_id: UUID, association: str, now: datetime, answer_by: datetime
    ) -> None:
        """Send a request to an association, with the deadline for its answer."""
        await route_requests(self._connection, (request_id, association, now, answer_by))

    async def take_charge(self, request_id: UUID, state: str, now: datetime) -> None:
        """An association takes charge: `confirmed`, or `guardian_check` first."""
        await take_requests_in_charge(self._connection, (request_id, state, now))

    async def note_guardian_told(self, request_id: UUID, now: datetime) -> None:
        """Date the message to the guardian; a second one changes nothing."""
        await self._connection.execute(
            "UPDATE requests SET guardian_told_at = coalesce(guardian_told_at, $2) WHERE id = $1",
            request_id,
            now,
        )

    async def with_gone_association(self, known: list[str], most: int) -> list[Request]:
        """Open requests in the hands of an association that is none of the known ones."""
        rows = await self._connection.fetch(
            f"{_REQUESTS} WHERE r.state IN ('routed', 'guardian_check', 'confirmed')"
            " AND NOT r.association = ANY ($1)"
            " ORDER BY r.registered_at LIMIT $2 FOR UPDATE OF r SKIP LOCKED",
            known,
            most,
        )
        return [_read(row) for row in rows]

    async def move(self, request_id: UUID, association: str) -> None:
        """Another association has it in charge."""
        await self._connection.execute(
            "UPDATE requests SET association = $2 WHERE id = $1", request_id, association
        )

    async def note_guardian_unreachable(self, request_id: UUID) -> None:
        """No way that we know leads to the guardian."""
        await self._connection.execute(
            "UPDATE requests SET guardian_contact = false WHERE id = $1", request_id
        )

    async def set_minority(self, mentee_id: UUID, minority: str | None) -> None:
        """A birthday: what still is to come goes by the new age."""
        await self._connection.execute(
            "UPDATE requests SET minority = $2 WHERE mentee_id = $1 AND minority IS NOT NULL",
            mentee_id,
            minority,
        )

    async def give_back(self, request_id: UUID) -> None:
        """The association does not take charge: to be placed again."""
        await self._connection.execute(
            "UPDATE requests SET state = 'placing', association = NULL, routed_at = NULL,"
            " answer_by = NULL, confirmed_at = NULL WHERE id = $1",
            request_id,
        )

    async def set_unrouted(self, request_id: UUID) -> None:
        """Set a request aside that no association can take."""
        await self._connection.execute(
            "UPDATE requests SET state = 'unrouted' WHERE id = $1", request_id
        )

    async def consent(self, request_id: UUID, now: datetime) -> None:
        """Date the guardian's consent; the request is routed next."""
        await self._connection.execute(
            "UPDATE requests SET state = 'placing', consented_at = $2 WHERE id = $1",
            request_id,
            now,
        )

    async def release(self, request_id: UUID) -> None:
        """Nobody's consent is waited for any more."""
        await self._connection.execute(
            "UPDATE requests SET state = 'placing' WHERE id = $1 AND state = 'awaiting_consent'",
            request_id,
        )

    async def close(self, request_id: UUID, state: str, now: datetime) -> None:
        """Over, in one of the STATES that are not open. Closing again changes nothing."""
        await self._connection.execute(
            "UPDATE requests SET state = $2, closed_at = $3 WHERE id = $1 AND closed_at IS NULL",
            request_id,
            state,
            now,
        )

    async def reopen(self, request_id: UUID) -> bool:
        """Closed by the end of a pair that had been undone: it goes on with its association. False
        when it is open, was closed otherwise, or its person is erased."""
        opened = await self._connection.fetchval(
            "UPDATE requests SET state = 'confirmed', closed_at = NULL"
            " WHERE id = $1 AND state = 'ended' AND EXISTS (SELECT FROM persons p"
            " WHERE p.id = mentee_id AND p.erased_at IS NULL) RETURNING true",
            request_id,
        )
        return bool(opened)

    async def acknowledge(self, request_id: UUID, now: datetime) -> None:
        """Date the acknowledgement; a second one changes nothing."""
        await acknowledge_requests(self._connection, (request_id, now))

    async def waiting_for(self, association: str) -> list[Request]:
        """The requests that this association must answer, the nearest deadline first."""
        rows = await self._connection.fetch(
            f"{_REQUESTS} WHERE r.association = $1 AND r.state = 'routed'"
            " ORDER BY r.answer_by, r.id LIMIT 200",
            association,
        )
        return [_read(row) for row in rows]

    async def in_charge_of(self, association: str, limit: int, skipped: int) -> list[Request]:
        """The requests that this association has in charge, the latest first."""
        rows = await self._connection.fetch(
            f"{_REQUESTS} WHERE r.association = $1 AND r.state IN ('guardian_check', 'confirmed')"
            " ORDER BY r.confirmed_at DESC, r.id LIMIT $2 OFFSET $3",
            association,
            limit,
            skipped,
        )
        return [_read(row) for row in rows]

    async def for_association(self, request_id: UUID, association: str) -> Request | None:
        """One request, if it is this association's, or its guardian is this association's to see
        to; kept from others until the end."""
        row = await self._connection.fetchrow(
            f"{_REQUESTS} WHERE r.id = $1 AND (r.association = $2 OR EXISTS (SELECT"
            " FROM guardian_checks c WHERE c.subject = r.id AND c.association = $2"
            " AND c.settled_at IS NULL)) FOR UPDATE OF r",
            request_id,
            association,
        )
        return _one(row)


def _one(row: Record | None) -> Request | None:
    return _read(row) if row else None


def _read(row: Record) -> Request:
    fields: dict[str, Any] = dict(row)
    entry, sensitive = fields.pop("criteria"), fields.pop("sensitive")
    if not entry:
        return Request(criteria=ERASED, **fields)
    entry |= {"publics": sorted([*entry["publics"], *sensitive])}
    criteria = MenteeCriteria.model_validate(entry, context=READING)
    return Request(criteria=criteria, **fields)


def _values(request: Request, plain: dict[str, Any]) -> tuple[object, ...]:
    return (
        request.id,
        request.mentee_id,
        request.state,
        plain,
        request.age,
        request.registered_at,
        request.consented_at,
        request.minority,
        request.guardian_contact,
    )


def _split_publics(criteria: MenteeCriteria) -> tuple[dict[str, Any], list[str]]:
    sensitive = [public for public in criteria.publics if public in SENSITIVE]
    plain = [public for public in criteria.publics if public not in SENSITIVE]
    return criteria.model_dump(mode="json") | {"publics": plain}, sensitive
