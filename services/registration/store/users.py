"""People of associations, by whose names sessions go. Their addresses are sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.store.vault import Sealed, Vault
from shared.contracts.addresses import plain_mail
from shared.persistence.batch import Connection, PlainConnection, share_statement
from shared.persistence.database import Record


@dataclass(frozen=True)
class User:
    """A person of an association."""

    id: UUID
    name: str
    association: str

    @property
    def full_name(self) -> str:
        """`name@association`, by which ledgers and commands know them."""
        return f"{self.name}@{self.association}"


class Users:
    """An address goes in and out through the vault only."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    async def add(self, user: User, address: str, now: datetime) -> bool:
        """False when the association has somebody of that name already."""
        sealed = self._vault.seal_text(user.id, address)
        done = await self._connection.execute(
            "INSERT INTO users (id, name, association, wrapped_key, sealed_address,"
            " address_digest, invited_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT (association, name) DO NOTHING",
            user.id, user.name, user.association, sealed.wrapped_key, sealed.text,
            self._digest(address), now,
        )  # fmt: skip
        return bool(done == "INSERT 0 1")

    async def at_address(self, address: str) -> list[User]:
        """Everybody who is written to at this address: one person may serve two associations."""
        return await _at_address(self._connection, self._digest(address))

    async def with_id(self, user_id: UUID) -> User | None:
        """A user by id; None for an unknown one."""
        return _user(
            await self._connection.fetchrow(
                "SELECT id, name, association FROM users WHERE id = $1", user_id
            )
        )

    async def get_by_name(self, name: str, association: str) -> User | None:
        """A user by name within an association; None for an unknown one."""
        return _user(
            await self._connection.fetchrow(
                "SELECT id, name, association FROM users WHERE name = $1 AND association = $2",
                name, association,
            )
        )  # fmt: skip

    async def all(self) -> list[User]:
        """All users, by association and name."""
        rows = await self._connection.fetch(
            "SELECT id, name, association FROM users ORDER BY association, name"
        )
        return [User(**row) for row in rows]

    async def addresses_of(self, association: str) -> list[str]:
        """The own addresses of everybody who may act for an association, readable."""
        return [
            self._vault.open_text(row["id"], Sealed(row["wrapped_key"], row["sealed_address"]))
            for row in await _of_association(self._connection, association)
        ]

    async def address_of(self, user_id: UUID) -> str | None:
        """The person's own address, readable; None for somebody who left."""
        row = await self._connection.fetchrow(
            "SELECT wrapped_key, sealed_address FROM users WHERE id = $1", user_id
        )
        return self._vault.open_text(user_id, Sealed(*row)) if row else None

    async def remove(self, user_id: UUID) -> None:
        """Remove a user; their sessions are ended elsewhere."""
        await self._connection.execute("DELETE FROM users WHERE id = $1", user_id)

    def _digest(self, address: str) -> bytes:
        return self._vault.blind("user_mail", plain_mail(address.strip()))


@share_statement
async def _at_address(
    connection: PlainConnection, digests: Sequence[bytes]
) -> Sequence[list[User]]:
    rows = await connection.fetch(
        "SELECT id, name, association, address_digest FROM users"
        " WHERE address_digest = ANY($1) ORDER BY id",
        list(set(digests)),
    )
    users: dict[bytes, list[User]] = {digest: [] for digest in digests}
    for row in rows:
        users[row["address_digest"]].append(User(row["id"], row["name"], row["association"]))
    return [users[digest] for digest in digests]


@share_statement
async def _of_association(
    connection: PlainConnection, associations: Sequence[str]
) -> Sequence[list[Record]]:
    rows = await connection.fetch(
        "SELECT id, association, wrapped_key, sealed_address FROM users"
        " WHERE association = ANY($1)",
        list(set(associations)),
    )
    users: dict[str, list[Record]] = {association: [] for association in associations}
    for row in rows:
        users[row["association"]].append(row)
    return [users[association] for association in associations]


def _user(row: Record | None) -> User | None:
    return User(**row) if row else None
