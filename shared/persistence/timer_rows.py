"""Rows of timers, set and taken back in the transaction that decides it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection, PlainConnection, share_change

_SET = """
INSERT INTO timers (kind, key, due, payload, correlation_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[], $5::uuid[])
ON CONFLICT (kind, key) DO UPDATE SET due = excluded.due,
    payload = excluded.payload, attempts = 0, not_before = NULL, parked_reason = NULL
"""


@dataclass(frozen=True)
class TimerRow:
    """A timer to set. `due` by the business clock."""

    kind: str
    key: str
    due: datetime
    payload: dict[str, Any]
    correlation_id: UUID


async def set_timers(connection: Connection, rows: Sequence[TimerRow]) -> None:
    """Set timers; one that is set already is moved."""
    await _set_all(connection, rows)


@share_change
async def _set_all(connection: PlainConnection, many: Sequence[Sequence[TimerRow]]) -> None:
    # A row can be moved once in a statement: the last one of a key counts.
    rows = {(row.kind, row.key): row for rows in many for row in rows}.values()
    await connection.execute(
        _SET,
        [row.kind for row in rows],
        [row.key for row in rows],
        [row.due for row in rows],
        [row.payload for row in rows],
        [row.correlation_id for row in rows],
    )


@share_change
async def cancel_timer(connection: PlainConnection, keys: Sequence[tuple[str, str]]) -> None:
    """Take timers back, by kind and key."""
    await connection.execute(
        "DELETE FROM timers WHERE (kind, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
        [kind for kind, _ in keys],
        [key for _, key in keys],
    )
