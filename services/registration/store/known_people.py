"""Who may be known already: found by keyed hashes, opened only to be compared by the domain."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.identity import Identity, blind_index_texts, contacts_of
from services.registration.store.vault import Vault
from shared.contracts.types import Side
from shared.persistence.batch import (
    Connection,
    PlainConnection,
    lock_in_batch,
    share_change,
    share_statement,
)
from shared.persistence.columns import columns
from shared.persistence.database import Record

_ALIKE = """
SELECT number, id, wrapped_key, sealed, arrival, false AS folded FROM (
    SELECT DISTINCT number, person_id, wanted.side
    FROM unnest($1::int[], $2::bytea[], $3::text[]) AS wanted (number, digest, side)
    JOIN marks ON marks.digest = wanted.digest AND marks.side = wanted.side
) alike JOIN persons ON persons.id = person_id AND persons.side = alike.side
WHERE sealed IS NOT NULL AND same_as IS NULL
ORDER BY number, arrival
"""
_BEHIND_REFERENCE = """
SELECT r.digest, p.id, p.wrapped_key, p.sealed, p.arrival, p.same_as IS NOT NULL AS folded
FROM stated_references r JOIN persons p ON p.id = r.person_id
WHERE r.digest = ANY($1) AND p.sealed IS NOT NULL ORDER BY p.arrival
"""
_BY_CONTACT = """
SELECT DISTINCT number, person_id
FROM unnest($1::int[], $2::bytea[], $3::text[]) AS wanted (number, digest, side)
JOIN marks ON marks.digest = wanted.digest AND marks.side = wanted.side
"""
# People of different names: one person who comes thrice, or at both sides, makes no mailbox shared;
# nor does a stranger who types somebody's name and address. Whoever waits does not count either.
_SHARED = """
SELECT contact.digest FROM marks contact
JOIN persons ON persons.id = contact.person_id
JOIN marks name ON name.person_id = contact.person_id AND name.kind = 'whole_name'
WHERE contact.digest = ANY($1) AND sealed IS NOT NULL AND same_as IS NULL AND NOT held
GROUP BY contact.digest HAVING count(DISTINCT name.digest) > 1
"""


@dataclass(frozen=True)
class KnownPerson:
    """Somebody who may be meant. `arrival` orders people by when they came here; `folded`: decided
    to be a second registration of somebody else, and over."""

    id: UUID
    identity: Identity
    arrival: int
    folded: bool = False


class KnownPeople:
    """Finds people without anybody's data being readable in a table."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    async def lock(self, identity: Identity) -> None:
        """Let whoever may be the same wait here until this transaction ends, at both entrypoints:
        of two who come in the same instant, the later one sees the earlier."""
        digests = self._vault.blind_index(identity).values()
        await _lock(self._connection, [_lock_key(digest) for digest in digests])

    async def find_shared_contacts(self, identity: Identity) -> frozenset[str]:
        """Those of somebody's contacts that people of different names use, as `contacts_of` has
        them."""
        digests = {self._digest(contact): contact for contact in contacts_of(identity)}
        shared = await _find_shared(self._connection, frozenset(digests))
        return frozenset(digests[digest] for digest in shared)

    async def alike(
        self, side: Side, identity: Identity, but: Collection[str] = ()
    ) -> list[KnownPerson]:
        """People of a side with a name or a contact in common, whoever came first in front.

        `but`: contacts that are not looked at.
        """
        marks = [text for text in blind_index_texts(identity).values() if text not in but]
        wanted = (side, [self._digest(text) for text in marks])
        return await self._to_known(await _find_alike(self._connection, wanted))

    async def find_by_contact(self, side: Side, contacts: Collection[str]) -> list[UUID]:
        """People of a side who gave one of these contacts, as `contacts_of` has them."""
        wanted = (side, [self._digest(contact) for contact in contacts])
        return await _find_by_contact(self._connection, wanted)

    async def remember_reference(self, reference: str, person_id: UUID) -> None:
        """`reference`: partner, side and the partner's own name for this person, as one text."""
        digest = self._digest(f"reference:{reference}")
        await _remember_reference(self._connection, (digest, person_id))

    async def behind_reference(self, reference: str) -> list[KnownPerson]:
        """Everybody who was registered under this reference. Two who state one reference wait for
        each other here."""
        digest = self._digest(f"reference:{reference}")
        await _lock(self._connection, [_lock_key(digest)])
        return await self._to_known(await _find_behind(self._connection, digest))

    def _digest(self, text: str) -> bytes:
        return self._vault.blind_text(text)

    async def _to_known(self, rows: Sequence[Record]) -> list[KnownPerson]:
        opened = await self._vault.open_rows(rows)
        return [
            KnownPerson(row["id"], opened[row["id"]], row["arrival"], row["folded"])
            for row in rows
            if row["id"] in opened
        ]


def _lock_key(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)


async def _lock(connection: Connection, keys: Collection[int]) -> None:
    """Wait for handlers of this batch first, then for other transactions."""
    await lock_in_batch(connection, keys)
    await _lock_in_database(connection, keys)


@share_change
async def _lock_in_database(connection: PlainConnection, wanted: Sequence[Collection[int]]) -> None:
    # In one order, so that two transactions do not wait for each other.
    await connection.execute(
        "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key",
        sorted({key for keys in wanted for key in keys}),
    )


@share_statement
async def _find_shared(
    connection: PlainConnection, wanted: Sequence[frozenset[bytes]]
) -> Sequence[frozenset[bytes]]:
    rows = await connection.fetch(_SHARED, [*frozenset().union(*wanted)])
    shared = {row["digest"] for row in rows}
    return [digests & shared for digests in wanted]


@share_statement
async def _find_alike(
    connection: PlainConnection, wanted: Sequence[tuple[Side, list[bytes]]]
) -> Sequence[list[Record]]:
    rows = [
        (number, digest, side)
        for number, (side, digests) in enumerate(wanted)
        for digest in digests
    ]
    found: list[list[Record]] = [[] for _ in wanted]
    for row in await connection.fetch(_ALIKE, *columns(rows)) if rows else ():
        found[row["number"]].append(row)
    return found


@share_change
async def _remember_reference(
    connection: PlainConnection, stated: Sequence[tuple[bytes, UUID]]
) -> None:
    await connection.execute(
        "INSERT INTO stated_references (digest, person_id)"
        " SELECT * FROM unnest($1::bytea[], $2::uuid[]) ON CONFLICT DO NOTHING",
        *columns(stated),
    )


@share_statement
async def _find_behind(
    connection: PlainConnection, digests: Sequence[bytes]
) -> Sequence[list[Record]]:
    found: dict[bytes, list[Record]] = {digest: [] for digest in digests}
    for row in await connection.fetch(_BEHIND_REFERENCE, [*found]):
        found[row["digest"]].append(row)
    return [found[digest] for digest in digests]


@share_statement
async def _find_by_contact(
    connection: PlainConnection, wanted: Sequence[tuple[Side, list[bytes]]]
) -> Sequence[list[UUID]]:
    rows = [
        (number, digest, side)
        for number, (side, digests) in enumerate(wanted)
        for digest in digests
    ]
    found: list[list[UUID]] = [[] for _ in wanted]
    for row in await connection.fetch(_BY_CONTACT, *columns(rows)) if rows else ():
        found[row["number"]].append(row["person_id"])
    return found
