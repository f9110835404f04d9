"""Changes of contact: sealed under the person's own key, gone with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.registration.domain.identity import Identity
from services.registration.store.vault import Sealed, Vault
from shared.persistence.batch import Connection

Role = Literal["person", "guardian"]
State = Literal["waiting", "done", "stopped"]


@dataclass(frozen=True)
class ContactChange:
    """`other` is the identity that is not in force: to come while it waits, former once done."""

    id: UUID
    person_id: UUID
    role: Role
    asked_by: str
    asked_at: datetime
    effective_at: datetime
    state: State
    other: Identity
    checked_way: str | None = None


class ContactChanges:
    """Reads and writes changes of contact."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    async def add(self, change: ContactChange) -> bool:
        """False while another change of this contact waits."""
        done: str = await self._connection.execute(
            "INSERT INTO contact_changes (id, person_id, role, asked_by, checked_way, asked_at,"
            " effective_at, state, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " ON CONFLICT DO NOTHING",
            change.id,
            change.person_id,
            change.role,
            change.asked_by,
            change.checked_way,
            change.asked_at,
            change.effective_at,
            change.state,
            await self._seal(change.person_id, change.other),
        )
        return done.endswith("1")

    async def get_for_update(self, change_id: UUID) -> ContactChange | None:
        """A change that can still be opened, kept from others until the transaction ends."""
        row = await self._connection.fetchrow(
            "SELECT id, person_id, role, asked_by, checked_way, asked_at, effective_at, state,"
            " sealed FROM contact_changes WHERE id = $1 AND sealed IS NOT NULL FOR UPDATE",
            change_id,
        )
        if row is None:
            return None
        fields = dict(row)
        sealed = fields.pop("sealed")
        keys = await self._vault.keys.of([fields["person_id"]])
        if fields["person_id"] not in keys:
            return None
        key = keys[fields["person_id"]]
        other = self._vault.open(fields["person_id"], Sealed(key, sealed))
        return ContactChange(other=other, **fields)

    async def set_state(self, change: ContactChange, state: State, other: Identity) -> None:
        """`other`: the identity that is not in force from now on."""
        await self._connection.execute(
            "UPDATE contact_changes SET state = $2, sealed = $3 WHERE id = $1",
            change.id,
            state,
            await self._seal(change.person_id, other),
        )

    async def are_in_force(self, person_id: UUID, role: Role) -> bool:
        """Whether whoever holds the link has named the contact that is in force."""
        return bool(
            await self._connection.fetchval(
                "SELECT true FROM contact_changes WHERE person_id = $1 AND role = $2"
                " AND asked_by = $2 AND state = 'done' LIMIT 1",
                person_id,
                role,
            )
        )

    async def forget(self, change_id: UUID) -> None:
        """What is no longer needed to tell or to stop a change."""
        await self._connection.execute(
            "UPDATE contact_changes SET sealed = NULL WHERE id = $1", change_id
        )

    async def _seal(self, person_id: UUID, identity: Identity) -> bytes:
        keys = await self._vault.keys.of([person_id])
        return self._vault.seal_again(person_id, keys[person_id], identity)
