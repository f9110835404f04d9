"""People who were erased, and what names them here."""

from datetime import datetime
from uuid import UUID

from services.notification.store.stops import lock_subjects
from shared.persistence.batch import Connection

_INTRODUCTIONS = (
    "DELETE FROM introductions WHERE introduced_at IS NULL AND (mentee_id = $1 OR mentor_id = $1)",
    "UPDATE introductions SET mentee_id = gen_random_uuid(), request_id = gen_random_uuid()"
    " WHERE mentee_id = $1",
    "UPDATE introductions SET mentor_id = gen_random_uuid() WHERE mentor_id = $1",
)


class Erasures:
    """People who were erased: no row names them, and none is written about them again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def erase(self, person_id: UUID, now: datetime) -> None:
        """Let go of messages to the person and of unsent ones about them; put an id that leads
        nowhere in their place in those that others were sent."""
        person = str(person_id)
        await lock_subjects(self._connection, person_id)
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
        for statement in _INTRODUCTIONS:
            await self._connection.execute(statement, person_id)
