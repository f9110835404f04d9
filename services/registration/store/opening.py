"""Opening the identities of rows of `persons`: their keys are read in one round trip."""

from collections.abc import Sequence
from uuid import UUID

from services.registration.domain.identity import Identity
from services.registration.store.vault import Sealed, Vault
from shared.persistence.database import Record


async def open_rows(rows: Sequence[Record], vault: Vault) -> dict[UUID, Identity]:
    """The identities of these rows (`id`, `wrapped_key`, `sealed`), in their order.

    Whoever has no key is erased, and missing. `wrapped_key` is set only in rows from before keys
    stood in a database of their own, until `move_keys` has taken it there.
    """
    keys = await vault.keys.of([row["id"] for row in rows])
    keys |= {row["id"]: row["wrapped_key"] for row in rows if row["wrapped_key"]}
    return {
        row["id"]: vault.open(row["id"], Sealed(keys[row["id"]], row["sealed"]))
        for row in rows
        if row["sealed"] and row["id"] in keys
    }
