"""Events of which the latest counts: their queue keeps no order once one of them is tried again."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.persistence.batch import Connection

Aspect = Literal["clearance", "reach", "birth", "hold"]
"""What of a person changes."""


async def is_latest(
    connection: Connection, aspect: Aspect, person_id: UUID, changed_at: datetime | None
) -> bool:
    """Note a change; false where a later one came before, or the person is gone:
    it changes nothing then. `changed_at` None: said before changes were dated, older than any that
    is. A second change of the same waits here until the commit."""
    noted = await connection.fetchval(
        "INSERT INTO latest_changes AS known (aspect, person_id, changed_at)"
        " SELECT $1, $2, coalesce($3, '-infinity'::timestamptz)"
        " WHERE NOT EXISTS (SELECT FROM gone_people WHERE person_id = $2)"
        " ON CONFLICT (aspect, person_id) DO UPDATE SET changed_at = excluded.changed_at"
        " WHERE known.changed_at <= excluded.changed_at RETURNING true",
        aspect,
        person_id,
        changed_at,
    )
    return bool(noted)
