"""Doubts: two registrations that may be one person, and what was decided."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.types import Side
from shared.persistence.batch import Connection
from shared.persistence.database import Record


@dataclass(frozen=True)
class Doubt:
    """`earlier_id` was known first and goes on as before; `newcomer_id` waits where it `holds`.

    `agreeing` names fields, never what they say. `association` decides by the end of `due_on`.
    """

    id: UUID
    side: Side
    earlier_id: UUID
    newcomer_id: UUID
    agreeing: tuple[str, ...]
    holds: bool
    association: str
    raised_at: datetime
    due_on: date
    affirmed_at: datetime | None = None
    """When whoever was known first said that the newcomer is them, where that is no proof."""


_FIELDS = "id, side, earlier_id, newcomer_id, agreeing, holds, association, raised_at, due_on"
_OPEN = f"SELECT {_FIELDS}, affirmed_at FROM doubts WHERE outcome IS NULL"


class Doubts:
    """Every read and change of a doubt."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, doubt: Doubt) -> None:
        """Keep a doubt about two people. Raises UniqueViolationError for a known id."""
        await self._connection.execute(
            f"INSERT INTO doubts ({_FIELDS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            doubt.id,
            doubt.side,
            doubt.earlier_id,
            doubt.newcomer_id,
            list(doubt.agreeing),
            doubt.holds,
            doubt.association,
            doubt.raised_at,
            doubt.due_on,
        )

    async def get_for_update(self, doubt_id: UUID) -> Doubt | None:
        """An open doubt, kept from others until the transaction ends."""
        row = await self._connection.fetchrow(f"{_OPEN} AND id = $1 FOR UPDATE", doubt_id)
        return _read(row) if row else None

    async def list_for(self, association: str, limit: int) -> list[Doubt]:
        """The open doubts that this association decides, the nearest deadline first."""
        rows = await self._connection.fetch(
            f"{_OPEN} AND association = $1 ORDER BY due_on, raised_at, id LIMIT $2",
            association,
            limit,
        )
        return [_read(row) for row in rows]

    async def against(self, earlier_id: UUID) -> list[Doubt]:
        """The open doubts whether somebody is this person, the oldest first."""
        rows = await self._connection.fetch(
            f"{_OPEN} AND earlier_id = $1 ORDER BY raised_at, id", earlier_id
        )
        return [_read(row) for row in rows]

    async def about(self, newcomer_id: UUID) -> list[Doubt]:
        """The open doubts whether this newcomer is somebody known, the oldest first."""
        rows = await self._connection.fetch(
            f"{_OPEN} AND newcomer_id = $1 ORDER BY raised_at, id", newcomer_id
        )
        return [_read(row) for row in rows]

    async def is_held(self, newcomer_id: UUID) -> bool:
        """Whether an open doubt lets this newcomer wait."""
        return bool(
            await self._connection.fetchval(
                "SELECT true FROM doubts WHERE newcomer_id = $1 AND outcome IS NULL AND holds"
                " LIMIT 1",
                newcomer_id,
            )
        )

    async def note_affirmed(self, doubt_id: UUID, now: datetime) -> None:
        """Whoever was known first says that it is them; the first time counts."""
        await self._connection.execute(
            "UPDATE doubts SET affirmed_at = coalesce(affirmed_at, $2) WHERE id = $1", doubt_id, now
        )

    async def settle(self, doubt_id: UUID, outcome: str, by: str, now: datetime) -> None:
        """`outcome`: `same`, `different`, or `gone` where the newcomer is no longer there."""
        await self._connection.execute(
            "UPDATE doubts SET outcome = $2, settled_by = $3, settled_at = $4 WHERE id = $1",
            doubt_id,
            outcome,
            by,
            now,
        )

    async def hand_on(self, doubt_id: UUID, association: str, due_on: date, now: datetime) -> None:
        """Nobody decided in time: another owner, another deadline."""
        await self._connection.execute(
            "UPDATE doubts SET association = $2, due_on = $3, reminded_at = $4 WHERE id = $1",
            doubt_id,
            association,
            due_on,
            now,
        )


def _read(row: Record) -> Doubt:
    return Doubt(**dict(row) | {"agreeing": tuple(row["agreeing"])})
