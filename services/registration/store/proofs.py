"""Which addresses have proved to be somebody's, by keyed hashes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.registration.store.vault import Vault
from shared.persistence.batch import Connection, PlainConnection, share_statement
from shared.persistence.columns import columns


class Proofs:
    """An address is `("mail", …)` or `("phone", …)`, normalised as in the marks of people."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    async def add(self, person_id: UUID, address: tuple[str, str], now: datetime) -> None:
        """Somebody who reads what is sent there has said so. Repeating it is harmless."""
        await self._connection.execute(
            "INSERT INTO proved_addresses (digest, person_id, proved_at) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            self._vault.blind(*address),
            person_id,
            now,
        )

    async def has_proved(self, person_id: UUID, address: tuple[str, str]) -> bool:
        """Whether this very person has shown that they read what is sent there."""
        return bool(
            await self._connection.fetchval(
                "SELECT true FROM proved_addresses WHERE person_id = $1 AND digest = $2",
                person_id,
                self._vault.blind(*address),
            )
        )

    async def is_unproved(self, person_id: UUID, address: tuple[str, str]) -> bool:
        """Whether it came by an open page, with this person, and nobody has proved it since."""
        return await _is_unproved(self._connection, (person_id, self._vault.blind(*address)))


@share_statement
async def _is_unproved(
    connection: PlainConnection, addresses: Sequence[tuple[UUID, bytes]]
) -> Sequence[bool]:
    rows = await connection.fetch(
        "SELECT person_id, digest FROM unnest($1::uuid[], $2::bytea[]) AS given (person_id, digest)"
        " JOIN persons p ON p.id = person_id WHERE p.door = 'page'"
        " AND NOT EXISTS (SELECT FROM proved_addresses known WHERE known.digest = given.digest)",
        *columns(addresses),
    )
    unproved = {(row["person_id"], row["digest"]) for row in rows}
    return [address in unproved for address in addresses]
