"""When what an event says of somebody became so: subscribers take the latest, in whatever order."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.persistence.batch import Connection

Changing = Literal["clearance", "hold", "birth", "reach"]
_TABLES: dict[Changing, str] = {
    "clearance": "mentors",
    "hold": "mentors",
    "birth": "persons",
    "reach": "persons",
}


async def date_change(
    connection: Connection, what: Changing, person_id: UUID, now: datetime
) -> datetime | None:
    """The date of a change that is being published: now, or just after the change before it where
    this machine's clock is behind. The person is kept from others until the commit, so that dates
    rise in the order in which changes are committed. None: nobody of that id."""
    column = f"{what}_changed_at"
    dated: datetime | None = await connection.fetchval(
        f"UPDATE {_TABLES[what]} SET {column} ="
        f" greatest($2, {column} + interval '1 microsecond') WHERE id = $1 RETURNING {column}",
        person_id,
        now,
    )
    return dated
