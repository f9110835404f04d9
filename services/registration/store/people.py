"""People: sealed identities, the marks that find them again, and mentors' criteria."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registration.domain.identity import Identity
from services.registration.store.vault import Vault
from shared.contracts.criteria import MentorCriteria
from shared.contracts.types import Lang, RegistrationSource, Side
from shared.persistence.database import Connection, Record


@dataclass(frozen=True)
class Person:
    """What is known of somebody without opening who they are."""

    id: UUID
    side: Side
    lang: Lang
    door: RegistrationSource
    registered_at: datetime
    partner: str | None = None
    campaign: str | None = None
    company: str | None = None
    held: bool = False
    """Not matched before it is decided that they are nobody known."""


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
        await self._connection.execute(
            "INSERT INTO persons (id, side, sealed, lang, door, partner, campaign, company,"
            " registered_at, held) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            person.id,
            person.side,
            sealed.text,
            person.lang,
            person.door,
            person.partner,
            person.campaign,
            person.company,
            person.registered_at,
            person.held,
        )
        await self._mark(person.id, person.side, identity)

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
        row = await self._connection.fetchrow(
            "SELECT id, wrapped_key, sealed, lang FROM persons"
            " WHERE id = $1 AND sealed IS NOT NULL",
            person_id,
        )
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
        await self._connection.execute(
            "UPDATE mentors SET acknowledged_at = coalesce(acknowledged_at, $2) WHERE id = $1",
            mentor_id,
            now,
        )

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
        return bool(
            await self._connection.fetchval("SELECT held FROM persons WHERE id = $1", person_id)
        )

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
        await self._connection.execute(
            "INSERT INTO marks (person_id, side, kind, digest)"
            " SELECT $1, $2, * FROM unnest($3::text[], $4::bytea[])",
            person_id,
            side,
            list(marks),
            list(marks.values()),
        )
