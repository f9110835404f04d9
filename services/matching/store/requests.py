"""Requests: one need of one young person each, in the pool of their programme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.matching.store.births import lock_ids, lock_person, with_known_birth
from shared.persistence.batch import Connection, PlainConnection, share_change, share_statement
from shared.persistence.columns import columns

_INSERT = """
INSERT INTO requests
    (request_id, mentee_id, programme, association, criteria, since, opened_at, state)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[],
    $6::timestamptz[], $7::timestamptz[], $8::text[]) AS given
    (request_id, mentee_id, programme, association, criteria, since, opened_at, state)
WHERE NOT EXISTS (SELECT FROM pairs WHERE pairs.request_id = given.request_id)
  AND NOT EXISTS (SELECT FROM withdrawn_requests w WHERE w.request_id = given.request_id)
ON CONFLICT (request_id) DO NOTHING RETURNING request_id
"""


@dataclass(frozen=True)
class NewRequest:
    """A request as it comes. `held`: it is matched only once its hold is lifted."""

    request_id: UUID
    mentee_id: UUID
    programme: str
    association: str
    criteria: Mapping[str, Any]
    since: datetime
    held: bool


class Requests:
    """Waiting until paired, paired until closed. Criteria only; who asks is not known here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(self, request: NewRequest, now: datetime) -> bool:
        """Let a request wait; false when it is known already, its pair has come and gone, or it
        was withdrawn."""
        await _open_pool(self._connection, (request.programme, now))
        await _lock(self._connection, request.request_id)
        await lock_person(self._connection, request.mentee_id)
        criteria = await with_known_birth(self._connection, request.mentee_id, request.criteria)
        row = (
            request.request_id,
            request.mentee_id,
            request.programme,
            request.association,
            criteria,
            request.since,
            now,
            "held" if request.held else "waiting",
        )
        return await _insert(self._connection, row)

    async def move(self, request_id: UUID, association: str, since: datetime | None) -> None:
        """An association has it in charge since then (None: before that was said), unless another
        one took it later."""
        await _move(self._connection, (request_id, association, since))

    async def hand_pairs_to(self, head: str, known: list[str]) -> None:
        """Paired requests whose association is none of the known ones belong to this one."""
        await self._connection.execute(
            "UPDATE requests SET association = $1"
            " WHERE state = 'paired' AND NOT association = ANY ($2)",
            head,
            known,
        )

    async def lock(self, request_id: UUID) -> None:
        """Lock a request until the commit; one that is unknown is fine."""
        await self._connection.execute(
            "SELECT FROM requests WHERE request_id = $1 FOR UPDATE", request_id
        )

    async def wait_again(self, request_id: UUID) -> None:
        """Its pair will not be: it waits where it stood, and its pool is marked as changed."""
        await self._connection.execute(
            "UPDATE requests SET state = 'waiting', changed_in = pg_current_xact_id(),"
            " heard_at = now() WHERE request_id = $1 AND state = 'paired'",
            request_id,
        )

    async def correct_birth(self, mentee_id: UUID, year: int | None) -> None:
        """Another year of birth; None: an adult. Whoever waits is looked at anew."""
        await self._connection.execute(
            "UPDATE requests SET criteria = CASE WHEN $2::int IS NULL THEN criteria - 'birth_year'"
            " ELSE jsonb_set(criteria, '{birth_year}', to_jsonb($2::int)) END,"
            " changed_in = pg_current_xact_id(), heard_at = now()"
            " WHERE mentee_id = $1 AND state <> 'closed'",
            mentee_id,
            year,
        )

    async def withdraw(self, request_id: UUID, now: datetime) -> None:
        """Close it for ever, also one that has not come yet."""
        await _lock(self._connection, request_id)
        await self._connection.execute(
            "INSERT INTO withdrawn_requests (request_id, withdrawn_at) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            request_id,
            now,
        )
        await self.close(request_id)

    async def close(self, request_id: UUID) -> None:
        """Nothing more to find for it; a request that is unknown stays so."""
        await self._connection.execute(
            "UPDATE requests SET state = 'closed' WHERE request_id = $1", request_id
        )

    async def close_all_of(self, mentee_id: UUID) -> None:
        """The young person asks for nothing any more."""
        await self._connection.execute(
            "UPDATE requests SET state = 'closed' WHERE mentee_id = $1", mentee_id
        )


@share_change
async def _lock(connection: PlainConnection, request_ids: Sequence[UUID]) -> None:
    """An opening and a withdrawal that arrive together see each other."""
    await lock_ids(connection, request_ids)


@share_change
async def _open_pool(connection: PlainConnection, opened: Sequence[tuple[str, datetime]]) -> None:
    await connection.execute(
        "INSERT INTO pools (programme, opened_at) SELECT * FROM"
        " unnest($1::text[], $2::timestamptz[]) ON CONFLICT DO NOTHING",
        *columns([*dict(opened).items()]),
    )


@share_statement
async def _insert(
    connection: PlainConnection, rows: Sequence[tuple[object, ...]]
) -> Sequence[bool]:
    opened = await connection.fetch(_INSERT, *columns(rows))
    ids = {row["request_id"] for row in opened}
    return [row[0] in ids for row in rows]


@share_change
async def _move(
    connection: PlainConnection, moved: Sequence[tuple[UUID, str, datetime | None]]
) -> None:
    await connection.execute(
        "UPDATE requests SET association = moved.association,"
        " association_since = coalesce(moved.since, association_since)"
        " FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS moved (id, association, since)"
        " WHERE request_id = moved.id"
        " AND association_since <= coalesce(moved.since, '-infinity'::timestamptz)",
        *columns(moved),
    )
