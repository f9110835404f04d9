"""Which mentors of 16 or 17 wait until their guardian is told or consents."""

from datetime import datetime
from uuid import UUID

from shared.persistence.batch import Connection


class MentorGuardians:
    """A mentor waits once, from the form to the guardian's word, or their own 18th birthday."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def wait(self, mentor_id: UUID) -> None:
        """Let a mentor wait for the word of a guardian."""
        await self._connection.execute(
            "UPDATE mentors SET awaits_guardian = true WHERE id = $1", mentor_id
        )

    async def is_awaited(self, mentor_id: UUID) -> bool:
        """Whether this mentor waits; held until the transaction ends."""
        waits = await self._connection.fetchval(
            "SELECT awaits_guardian FROM mentors WHERE id = $1 FOR UPDATE", mentor_id
        )
        return bool(waits)

    async def release(self, mentor_id: UUID) -> bool:
        """Nothing about the guardian stands in the way; false when nothing did, or they left."""
        released = await self._connection.fetchval(
            "UPDATE mentors SET awaits_guardian = false"
            " WHERE id = $1 AND awaits_guardian AND left_at IS NULL RETURNING true",
            mentor_id,
        )
        return bool(released)

    async def note_consent(self, mentor_id: UUID, now: datetime) -> None:
        """Date the guardian's consent."""
        await self._connection.execute(
            "UPDATE mentors SET guardian_consented_at = $2 WHERE id = $1", mentor_id, now
        )
