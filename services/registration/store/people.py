"""People: sealed identities, the marks that find them again, and mentors' criteria."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.registration.domain.identity import Identity
from services.registration.store.new_people import (
    NewPersonRow,
    add_person_rows,
    insert_marks,
)
from services.registration.store.person import Person
from services.registration.store.vault import Vault
from shared.contracts.criteria import MentorCriteria
from shared.contracts.types import Lang, RegistrationSource, Side
from shared.persistence.batch import Connection, PlainConnection, share_change, share_statement
from shared.persistence.columns import columns
from shared.persistence.database import Record


class People:
    """Identities go in and out through the vault only."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    async def add(self, person: Person, identity: Identity) -> None:
        """Keep a new person, sealed under a key of their own."""
        sealed = self._vault.seal(person.id, identity)
        # Before the person is committed: a key without a person is harmless, the reverse is not.
        await self._vault.keys.add(person.id, sealed.wrapped_key)
        await add_person_rows(
            self._connection, NewPersonRow(person, sealed.text, self._vault.blind_index(identity))
        )

    async def change_identity(self, person_id: UUID, side: Side, identity: Identity) -> None:
        """Seal what is true from now on, and let it be found by that."""
        keys = await self._vault.keys.of([person_id])
        await self._connection.execute(
            "UPDATE persons SET sealed = $2 WHERE id = $1",
            person_id,
            self._vault.seal_again(person_id, keys[person_id], identity),
        )
        await self._connection.execute("DELETE FROM marks WHERE person_id = $1", person_id)
        await self._mark(person_id, side, identity)

    async def open(self, person_id: UUID) -> tuple[Identity, Lang] | None:
        """Identity and language; None when erased or unknown. The caller writes to the ledger."""
        row = await _find_sealed(self._connection, person_id)
        if row is None:
            return None
        opened = await self._vault.open_rows([row])
        return (opened[person_id], row["lang"]) if opened else None

    async def add_mentor(
        self, mentor_id: UUID, criteria: MentorCriteria, association: str | None
    ) -> None:
        """Keep what a new mentor offers; `association`: with whom they register."""
        await self._connection.execute(
            "INSERT INTO mentors (id, criteria, association) VALUES ($1, $2, $3)",
            mentor_id,
            criteria.model_dump(mode="json"),
            association,
        )

    async def mentor_acknowledged(self, mentor_id: UUID, now: datetime) -> None:
        """Date the acknowledgement; a second one changes nothing."""
        await _acknowledge_mentors(self._connection, (mentor_id, now))

    async def leave(self, mentor_id: UUID, now: datetime) -> bool:
        """The mentor is gone; false when they were gone already."""
        done: str = await self._connection.execute(
            "UPDATE mentors SET left_at = $2 WHERE id = $1 AND left_at IS NULL",
            mentor_id,
            now,
        )
        return done.endswith("1")

    async def is_served(self, person_id: UUID) -> bool:
        """Whether anything of theirs still goes on: a request, or their place as a mentor."""
        served = await self._connection.fetchval(
            "SELECT EXISTS (SELECT FROM requests WHERE mentee_id = $1 AND closed_at IS NULL)"
            " OR EXISTS (SELECT FROM mentors JOIN persons USING (id)"
            " WHERE id = $1 AND left_at IS NULL AND same_as IS NULL)",
            person_id,
        )
        return bool(served)

    async def get_left_at(self, mentor_id: UUID) -> datetime | None:
        """When the mentor went; None: they are here, or no mentor of ours."""
        left: datetime | None = await self._connection.fetchval(
            "SELECT left_at FROM mentors WHERE id = $1", mentor_id
        )
        return left

    async def mentor(self, mentor_id: UUID) -> Record | None:
        """What the tracking page tells a mentor: criteria and dates, nothing of who they are."""
        return await self._connection.fetchrow(
            "SELECT m.id, m.criteria, m.acknowledged_at, p.registered_at, p.lang,"
            " p.same_as IS NOT NULL AS closed, m.awaits_guardian"
            " FROM mentors m JOIN persons p USING (id) WHERE m.id = $1",
            mentor_id,
        )

    async def side_of(self, person_id: UUID) -> Side:
        """Whether somebody is a mentee or a mentor; None at run time for nobody."""
        side: Side = await self._connection.fetchval(
            "SELECT side FROM persons WHERE id = $1", person_id
        )
        return side

    async def door_of(self, person_id: UUID) -> RegistrationSource | None:
        """How somebody came; None for nobody."""
        door: RegistrationSource | None = await self._connection.fetchval(
            "SELECT door FROM persons WHERE id = $1", person_id
        )
        return door

    async def department_of(self, person_id: UUID) -> str | None:
        """Where somebody lives, as they last said."""
        department: str | None = await self._connection.fetchval(
            "SELECT criteria->>'department' FROM mentors WHERE id = $1 UNION ALL"
            " (SELECT criteria->>'department' FROM requests WHERE mentee_id = $1"
            " ORDER BY registered_at DESC LIMIT 1) LIMIT 1",
            person_id,
        )
        return department

    async def set_held(self, person_id: UUID, held: bool) -> None:
        """Whether somebody waits until it is decided that they are nobody known."""
        await self._connection.execute(
            "UPDATE persons SET held = $2 WHERE id = $1", person_id, held
        )

    async def is_held(self, person_id: UUID) -> bool:
        """Whether somebody waits until a doubt about them is settled."""
        return await _is_held(self._connection, person_id)

    async def fold(self, person_id: UUID, earlier_id: UUID) -> None:
        """Decided: one person. The later registration is over, and finds nobody any more."""
        await self._connection.execute(
            "UPDATE persons SET same_as = $2, held = false WHERE id = $1", person_id, earlier_id
        )

    async def association_of_mentor(self, mentor_id: UUID) -> str | None:
        """The association of a mentor; None for those without one, and for nobody."""
        association: str | None = await self._connection.fetchval(
            "SELECT association FROM mentors WHERE id = $1", mentor_id
        )
        return association

    async def _mark(self, person_id: UUID, side: Side, identity: Identity) -> None:
        marks = self._vault.blind_index(identity)
        await insert_marks(
            self._connection, [(person_id, side, use, digest) for use, digest in marks.items()]
        )


@share_statement
async def _find_sealed(
    connection: PlainConnection, person_ids: Sequence[UUID]
) -> Sequence[Record | None]:
    rows = await connection.fetch(
        "SELECT id, wrapped_key, sealed, lang FROM persons"
        " WHERE id = ANY($1) AND sealed IS NOT NULL",
        list(set(person_ids)),
    )
    found = {row["id"]: row for row in rows}
    return [found.get(person_id) for person_id in person_ids]


@share_statement
async def _is_held(connection: PlainConnection, person_ids: Sequence[UUID]) -> Sequence[bool]:
    rows = await connection.fetch(
        "SELECT id FROM persons WHERE id = ANY($1) AND held", list(set(person_ids))
    )
    held = {row["id"] for row in rows}
    return [person_id in held for person_id in person_ids]


@share_change
async def _acknowledge_mentors(
    connection: PlainConnection, acknowledged: Sequence[tuple[UUID, datetime]]
) -> None:
    await connection.execute(
        "UPDATE mentors SET acknowledged_at = acknowledged.at"
        " FROM unnest($1::uuid[], $2::timestamptz[]) AS acknowledged (mentor_id, at)"
        " WHERE id = mentor_id AND acknowledged_at IS NULL",
        *columns(acknowledged),
    )
