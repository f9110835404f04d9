"""Batches of a round: what is still to be published; each goes in the transaction of its events."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.persistence.batch import Connection

_TAKE = """
DELETE FROM round_portions WHERE (round_id, number) = (
    SELECT round_id, number FROM round_portions WHERE round_id = $1 ORDER BY number LIMIT 1)
RETURNING pairs::text, waiting::text
"""


@dataclass(frozen=True)
class PublicationBatch:
    """Some hundred people of a round, both JSON lists: `pairs` of {request_id, mentor_id, score,
    components, explanation}, `waiting` of {request_id, explanation, gist}."""

    pairs: str
    waiting: str


class PublicationBatches:
    """The rest of an accepted round. Whoever works here holds the lock of the round's row."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lay_out(
        self, round_id: UUID, batches: Sequence[PublicationBatch], first: int
    ) -> None:
        """What is to be published, in its order, numbered from `first`."""
        await self._connection.execute(
            "INSERT INTO round_portions (round_id, number, pairs, waiting)"
            " SELECT $1, $2 + number - 1, pairs::jsonb, waiting::jsonb FROM"
            " unnest($3::text[], $4::text[]) WITH ORDINALITY AS laid (pairs, waiting, number)",
            round_id,
            first,
            [one.pairs for one in batches],
            [one.waiting for one in batches],
        )

    async def take(self, round_id: UUID) -> PublicationBatch | None:
        """The next one, gone with this transaction; None when none is left."""
        row = await self._connection.fetchrow(_TAKE, round_id)
        return PublicationBatch(**row) if row else None

    async def drop(self, round_id: UUID) -> None:
        """The round ended before all was published, or is solved anew after a crash."""
        await self._connection.execute("DELETE FROM round_portions WHERE round_id = $1", round_id)
