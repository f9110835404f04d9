"""To which associations a request went, why, and what they answered."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.registration.domain.routing import RoutingDecision
from shared.persistence.batch import Connection, PlainConnection, share_change
from shared.persistence.columns import columns


class Routings:
    """The history of a request's turns; the last one is the turn in hand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, request_id: UUID, decision: RoutingDecision, now: datetime) -> None:
        """Keep a decision as the next turn of this request."""
        await _add(self._connection, (request_id, decision, now))

    async def settle(
        self, request_id: UUID, outcome: str, now: datetime, declined_for: str | None = None
    ) -> None:
        """What became of the turn in hand: `confirmed`, `declined` or `silent`. Whoever took charge
        may still turn out to be silent about the guardian."""
        await _settle(self._connection, (request_id, outcome, now, declined_for))

    async def get_excluded(self, request_id: UUID, outcomes: tuple[str, ...]) -> set[str]:
        """Associations whose turn ended in one of these ways."""
        rows = await self._connection.fetch(
            "SELECT association FROM routings WHERE request_id = $1 AND outcome = ANY($2)",
            request_id,
            outcomes,
        )
        return {row["association"] for row in rows}

    async def reasons(self, request_id: UUID) -> list[str]:
        """What spoke for the association that has the request now."""
        codes: list[str] | None = await self._connection.fetchval(
            "SELECT reasons FROM routings WHERE request_id = $1 ORDER BY turn DESC LIMIT 1",
            request_id,
        )
        return codes or []


@share_change
async def _add(
    connection: PlainConnection, turns: Sequence[tuple[UUID, RoutingDecision, datetime]]
) -> None:
    rows = [
        (request_id, decision.association.code, decision.score, ",".join(decision.reasons), now)
        for request_id, decision, now in turns
    ]
    # Arrays of arrays must be square, so that reasons travel as one text each.
    await connection.execute(
        "INSERT INTO routings (request_id, turn, association, score, reasons, routed_at)"
        " SELECT request_id, 1 + (SELECT count(*) FROM routings r"
        " WHERE r.request_id = routed.request_id), association, score,"
        " string_to_array(reasons, ','), routed_at"
        " FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::text[], $5::timestamptz[])"
        " AS routed (request_id, association, score, reasons, routed_at)",
        *columns(rows),
    )


@share_change
async def _settle(
    connection: PlainConnection, settled: Sequence[tuple[UUID, str, datetime, str | None]]
) -> None:
    await connection.execute(
        "UPDATE routings SET outcome = settled.outcome, settled_at = settled.at,"
        " declined_for = settled.declined_for"
        " FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[])"
        " AS settled (id, outcome, at, declined_for) WHERE request_id = settled.id"
        " AND (routings.outcome IS NULL OR (routings.outcome = 'confirmed' AND turn ="
        " (SELECT max(turn) FROM routings last WHERE last.request_id = settled.id)))",
        *columns(settled),
    )
