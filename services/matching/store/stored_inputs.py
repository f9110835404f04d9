"""The pools stored with rounds, so that each can be run again: the largest thing kept here, and
let go in time. What a round decided, its policy and its proof stay."""

from datetime import timedelta

from shared.persistence.batch import Connection

# Real time, like the end of a round. A late one is found by the next look: nothing to remember.
_LET_GO = """
UPDATE rounds SET inputs = NULL WHERE round_id IN (
    SELECT round_id FROM rounds
    WHERE inputs IS NOT NULL AND finished_at < now() -
        CASE WHEN state = 'failed' OR faulty <> '[]' THEN $2::interval ELSE $1::interval END
    ORDER BY finished_at LIMIT $3 FOR UPDATE SKIP LOCKED)
"""


class StoredInputs:
    """The pools of rounds that have ended."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def purge(self, retention: timedelta, evidence: timedelta, most: int) -> int:
        """Forget up to `most` pools older than `retention`; returns how many.

        `evidence`: how long those of rounds stay that failed or held pairs back.
        """
        done = await self._connection.execute(_LET_GO, retention, evidence, most)
        return int(done.split()[-1])
