"""Alerts: what needs a human, open until a coordinator has handled it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection

_SIGNAL = """
INSERT INTO alert_signals (alert_id, number, side, at)
SELECT $1, count(*) + 1, $2, $3 FROM alert_signals WHERE alert_id = $1 RETURNING number
"""


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
    signals: int
    last_at: datetime
    sides: Sequence[str]
    """Who of the two said it."""
    ends_at: datetime | None = None
    """When a paused pair is undone."""

    @property
    def short_name(self) -> str:
        """By which a coordinator recognises the pair; says nothing of who they are."""
        return str(self.pair_id)[:8].upper()


@dataclass(frozen=True)
class NewAlert:
    """A signal that may raise an alert. `message_id`: of the message that failed; `side`: who of
    the two said it."""

    reason: str
    engagement_id: UUID | None = None
    association: str | None = None
    message_id: UUID | None = None
    side: str | None = None


@dataclass(frozen=True)
class Signal:
    """The alert that a signal belongs to, and its number, from 1."""

    alert_id: UUID
    number: int


class Alerts:
    """An engagement has at most one open alert of each reason; every further signal is dated and
    counted with it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(self, alert_id: UUID, alert: NewAlert, now: datetime) -> Signal | None:
        """Keep an alert, or count one more signal of the same that is open; None when it was raised
        for the same message."""
        opened = await self._connection.fetchval(
            "INSERT INTO alerts"
            " (alert_id, reason, raised_at, engagement_id, association, message_id)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING alert_id",
            alert_id,
            alert.reason,
            now,
            alert.engagement_id,
            alert.association,
            alert.message_id,
        )
        known = opened or await self._again(alert.engagement_id, alert.reason, alert.message_id)
        if known is None:
            return None
        number: int = await self._connection.fetchval(_SIGNAL, known, alert.side, now)
        return Signal(known, number)

    async def _again(
        self, engagement_id: UUID | None, reason: str, message_id: UUID | None
    ) -> UUID | None:
        """The open alert of the same pair and reason; None for a message that raised one before."""
        if message_id and await self._connection.fetchval(
            "SELECT true FROM alerts WHERE message_id = $1", message_id
        ):
            return None
        alert_id: UUID | None = await self._connection.fetchval(
            "UPDATE alerts SET signals = signals + 1 WHERE engagement_id = $1 AND reason = $2"
            " AND handled_at IS NULL RETURNING alert_id",
            engagement_id,
            reason,
        )
        return alert_id

    async def hand_on(self, engagement_id: UUID, reason: str, association: str) -> bool:
        """An open alert gets another owner; false when somebody has handled it."""
        waits = await self._connection.fetchval(
            "UPDATE alerts SET association = $3 WHERE engagement_id = $1 AND reason = $2"
            " AND handled_at IS NULL RETURNING true",
            engagement_id,
            reason,
            association,
        )
        return bool(waits)

    async def hand_to(self, head: str, known: list[str]) -> None:
        """Open alerts of nobody, or of an association that is none of the known ones."""
        await self._connection.execute(
            "UPDATE alerts SET association = $1 WHERE handled_at IS NULL"
            " AND (association IS NULL OR NOT association = ANY ($2))",
            head,
            known,
        )

    async def waiting_for(self, association: str) -> Sequence[OpenAlert]:
        """What an association has to look into, in no order."""
        rows = await self._connection.fetch(
            "SELECT a.alert_id, a.reason, a.raised_at, e.pair_id, e.request_id, e.term,"
            " e.ended_at IS NOT NULL AS over, a.signals,"
            " (SELECT max(at) FROM alert_signals s WHERE s.alert_id = a.alert_id) AS last_at,"
            " ARRAY(SELECT DISTINCT side FROM alert_signals s WHERE s.alert_id = a.alert_id"
            " AND side IS NOT NULL ORDER BY side) AS sides,"
            " (SELECT ends_at FROM pauses p WHERE p.pair_id = e.pair_id AND p.resumed_at IS NULL"
            " AND a.reason IN ('clearance_ended', 'guardian_first') AND e.ended_at IS NULL)"
            " AS ends_at"
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
