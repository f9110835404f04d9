"""People who were erased, and what names them here."""

from datetime import datetime
from uuid import UUID

from shared.runtime.database import Connection


class Erasures:
    """People who were erased: no row names them, and none is written about them again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def erase(self, person_id: UUID, now: datetime) -> None:
        """Let go of messages to the person and of unsent ones about them; put an id that leads
        nowhere in their place in those that others were sent."""
        person = str(person_id)
        await self._connection.execute(
            "INSERT INTO erased_people (person_id, erased_at) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            person_id,
            now,
        )
        await self._connection.execute(
            "DELETE FROM messages WHERE person = $1 OR (settled_at IS NULL"
            " AND strpos(facts::text, $1) > 0)",
            person,
        )
        await self._connection.execute(
            "UPDATE messages SET facts = replace(facts::text, $1, gen_random_uuid()::text)::jsonb"
            " WHERE strpos(facts::text, $1) > 0",
            person,
        )
        for side in ("mentee_id", "mentor_id"):
            await self._connection.execute(
                f"UPDATE introductions SET {side} = gen_random_uuid() WHERE {side} = $1",  # noqa: S608
                person_id,
            )
