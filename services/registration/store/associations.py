"""To which associations a request went, why, and what they answered."""

from datetime import datetime
from uuid import UUID

from services.registration.domain.routing import RoutingDecision
from shared.persistence.database import Connection


class Routings:
    """The history of a request's turns; the last one is the turn in hand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, request_id: UUID, decision: RoutingDecision, now: datetime) -> None:
        """Keep a decision as the next turn of this request."""
        await self._connection.execute(
            "INSERT INTO routings (request_id, turn, association, score, reasons, routed_at)"
            " SELECT $1, count(*) + 1, $2, $3, $4, $5 FROM routings WHERE request_id = $1",
            request_id,
            decision.association.code,
            decision.score,
            list(decision.reasons),
            now,
        )

    async def settle(
        self, request_id: UUID, outcome: str, now: datetime, declined_for: str | None = None
    ) -> None:
        """What became of the turn in hand: `confirmed`, `declined` or `silent`. Whoever took charge
        may still turn out to be silent about the guardian."""
        await self._connection.execute(
            "UPDATE routings SET outcome = $2, settled_at = $3, declined_for = $4"
            " WHERE request_id = $1 AND (outcome IS NULL OR (outcome = 'confirmed'"
            " AND turn = (SELECT max(turn) FROM routings WHERE request_id = $1)))",
            request_id,
            outcome,
            now,
            declined_for,
        )

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
