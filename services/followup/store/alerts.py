"""Alerts: what needs a human, open until a coordinator has handled it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.runtime.database import Connection


@dataclass(frozen=True)
class OpenAlert:
    """An alert that waits. `pair_id` None: it is about somebody who is in no pair."""

    alert_id: UUID
    reason: str
    raised_at: datetime
    pair_id: UUID | None
    request_id: UUID | None
    term: int | None
    over: bool

    @property
    def short_name(self) -> str:
        """By which a coordinator recognises the pair; says nothing of who they are."""
        return str(self.pair_id)[:8].upper()


class Alerts:
    """An engagement has at most one open alert of each reason: a second call adds no work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(
        self,
        alert_id: UUID,
        reason: str,
        now: datetime,
        *,
        engagement_id: UUID | None = None,
        association: str | None = None,
        message_id: UUID | None = None,
    ) -> bool:
        """Keep an alert; false when the same is open, or was raised for the same message."""
        opened = await self._connection.fetchval(
            "INSERT INTO alerts"
            " (alert_id, reason, raised_at, engagement_id, association, message_id)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true",
            *(alert_id, reason, now, engagement_id, association, message_id),
        )
        return bool(opened)

    async def waiting_for(self, association: str) -> Sequence[OpenAlert]:
        """What an association has to look into, in no order."""
        rows = await self._connection.fetch(
            "SELECT a.alert_id, a.reason, a.raised_at, e.pair_id, e.request_id, e.term,"
            " e.ended_at IS NOT NULL AS over"
            " FROM alerts a LEFT JOIN engagements e USING (engagement_id)"
            " WHERE a.association = $1 AND a.handled_at IS NULL",
            association,
        )
        return [OpenAlert(**row) for row in rows]

    async def handle(self, alert_id: UUID, association: str, by: UUID, now: datetime) -> bool:
        """Mark as handled by a person, once; false when it is no alert of this association."""
        known = await self._connection.fetchval(
            "UPDATE alerts SET handled_at = coalesce(handled_at, $3),"
            " handled_by = CASE WHEN handled_at IS NULL THEN $4 ELSE handled_by END"
            " WHERE alert_id = $1 AND association = $2 RETURNING true",
            alert_id,
            association,
            now,
            by,
        )
        return bool(known)
