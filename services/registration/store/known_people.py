"""Who may be known already: found by keyed hashes, opened only to be compared by the domain."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.identity import Identity, blind_index_texts, contacts_of
from services.registration.store.vault import Vault
from shared.contracts.types import Side
from shared.persistence.database import Connection, Record

_ALIKE = """
SELECT id, wrapped_key, sealed, arrival, false AS folded FROM persons
WHERE sealed IS NOT NULL AND same_as IS NULL AND side = $2
  AND id IN (SELECT person_id FROM marks WHERE digest = ANY($1) AND side = $2)
ORDER BY arrival
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
        digests = sorted(self._vault.blind_index(identity).values())
        keys = sorted({int.from_bytes(digest[:8], "big", signed=True) for digest in digests})
        await self._connection.execute(
            "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key", keys
        )

    async def find_shared_contacts(self, identity: Identity) -> frozenset[str]:
        """Those of somebody's contacts that people of different names use, as `contacts_of` has
        them."""
        digests = {self._digest(contact): contact for contact in contacts_of(identity)}
        rows = await self._connection.fetch(_SHARED, list(digests))
        return frozenset(digests[row["digest"]] for row in rows)

    async def alike(
        self, side: Side, identity: Identity, but: Collection[str] = ()
    ) -> list[KnownPerson]:
        """People of a side with a name or a contact in common, whoever came first in front.

        `but`: contacts that are not looked at.
        """
        marks = [text for text in blind_index_texts(identity).values() if text not in but]
        rows = await self._connection.fetch(_ALIKE, [self._digest(text) for text in marks], side)
        return await self._to_known(rows)

    async def find_by_contact(self, side: Side, contacts: Collection[str]) -> list[UUID]:
        """People of a side who gave one of these contacts, as `contacts_of` has them."""
        rows = await self._connection.fetch(
            "SELECT DISTINCT person_id FROM marks WHERE digest = ANY($1) AND side = $2",
            [self._digest(contact) for contact in contacts],
            side,
        )
        return [row["person_id"] for row in rows]

    async def remember_reference(self, reference: str, person_id: UUID) -> None:
        """`reference`: partner, side and the partner's own name for this person, as one text."""
        await self._connection.execute(
            "INSERT INTO stated_references (digest, person_id) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            self._digest(f"reference:{reference}"),
            person_id,
        )

    async def behind_reference(self, reference: str) -> list[KnownPerson]:
        """Everybody who was registered under this reference. Two who state one reference wait for
        each other here."""
        digest = self._digest(f"reference:{reference}")
        await self._connection.execute(
            "SELECT pg_advisory_xact_lock($1)", int.from_bytes(digest[:8], "big", signed=True)
        )
        rows = await self._connection.fetch(
            "SELECT p.id, p.wrapped_key, p.sealed, p.arrival, p.same_as IS NOT NULL AS folded"
            " FROM stated_references r"
            " JOIN persons p ON p.id = r.person_id"
            " WHERE r.digest = $1 AND p.sealed IS NOT NULL ORDER BY p.arrival",
            digest,
        )
        return await self._to_known(rows)

    def _digest(self, text: str) -> bytes:
        return self._vault.blind_text(text)

    async def _to_known(self, rows: Sequence[Record]) -> list[KnownPerson]:
        opened = await self._vault.open_rows(rows)
        return [
            KnownPerson(row["id"], opened[row["id"]], row["arrival"], row["folded"])
            for row in rows
            if row["id"] in opened
        ]
