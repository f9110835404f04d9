"""Keys that stand beside their people, as all did before they had a database of their own."""

from collections.abc import Collection
from uuid import UUID

from shared.persistence.batch import Connection


class StoredKeys:
    """Rows of `persons` that still hold a key, until it has been moved."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lock(self, limit: int) -> dict[UUID, bytes]:
        """Some that nobody else has in hand, kept from others until the transaction ends."""
        rows = await self._connection.fetch(
            "SELECT id, wrapped_key FROM persons WHERE wrapped_key IS NOT NULL"
            " ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED",
            limit,
        )
        return {row["id"]: row["wrapped_key"] for row in rows}

    async def remove(self, person_ids: Collection[UUID]) -> None:
        """They stand elsewhere now."""
        await self._connection.execute(
            "UPDATE persons SET wrapped_key = NULL WHERE id = ANY($1)", [*person_ids]
        )

    async def people_among(self, person_ids: Collection[UUID]) -> set[UUID]:
        """Those of these ids that are people here."""
        rows = await self._connection.fetch(
            "SELECT id FROM persons WHERE id = ANY($1)", [*person_ids]
        )
        return {row["id"] for row in rows}
