"""Whether a newcomer may be somebody known, and who must never be paired with whom.

Nobody known is changed here, and nothing of them leaves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.identity import (
    Identity,
    Likeness,
    are_apart,
    likeness,
    plain,
)
from services.registration.store import KnownPeople, KnownPerson, Requests, Users
from services.registration.use_cases.vault_provider import vault
from shared.contracts.addresses import plain_mail
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction


@dataclass(frozen=True)
class Resemblance:
    """Somebody known whom a newcomer may be, and what speaks for it."""

    earlier_id: UUID
    likeness: Likeness

    @property
    def holds(self) -> bool:
        """Whether the newcomer waits for a decision."""
        return self.likeness.weight == "doubt"


async def find_resemblances(
    side: Side, identity: Identity, tx: Transaction
) -> tuple[Resemblance, ...]:
    """Everybody of that side whom a newcomer may well be, or else the first worth a look.

    All of them, newcomers included who wait themselves: were only the one who is known compared, a
    stranger who registers twice could tell from what becomes of their first registration.
    """
    known_people = KnownPeople(tx.connection, vault())
    await known_people.lock(identity)
    shared = await known_people.find_shared_contacts(identity)
    known = await known_people.alike(side, identity, but=shared)
    alike = [(one.id, likeness(one.identity, identity, shared)) for one in known]
    resembling = [Resemblance(known_id, weight) for known_id, weight in alike if weight]
    return tuple(one for one in resembling if one.holds) or tuple(resembling[:1])


async def find_people_apart(side: Side, identity: Identity, tx: Transaction) -> tuple[UUID, ...]:
    """Everybody of the other side whom this person may never be paired with."""
    other: Side = "mentor" if side == "mentee" else "mentee"
    known = await KnownPeople(tx.connection, vault()).alike(other, identity)
    return tuple(
        one.id
        for one in known
        if (
            are_apart(identity, one.identity)
            if side == "mentee"
            else are_apart(one.identity, identity)
        )
    )


async def find_mentors_apart(
    mentee: Identity, associations: Collection[str], tx: Transaction
) -> tuple[UUID, ...]:
    """Mentors who may be this young person or the guardian, or who act for one of the associations
    in charge: whoever watches over a pair is not one of the two."""
    apart = await find_people_apart("mentee", mentee, tx)
    users = Users(tx.connection, vault())
    addresses = [one for code in associations for one in await users.addresses_of(code)]
    contacts = [f"mail:{plain_mail(address)}" for address in addresses]
    coordinating = await KnownPeople(tx.connection, vault()).find_by_contact("mentor", contacts)
    return tuple(dict.fromkeys((*apart, *coordinating)))


async def find_mentees_apart(mentor: Identity, tx: Transaction) -> tuple[UUID, ...]:
    """Young people whom a mentor may be, guards or coordinates."""
    apart = await find_people_apart("mentor", mentor, tx)
    return tuple(dict.fromkeys((*apart, *await find_coordinated_mentees(mentor, tx))))


async def find_own_associations(mentee: Identity, tx: Transaction) -> frozenset[str]:
    """Associations for which somebody acts who is reached where this young person or the guardian
    is: none of them may have the request in its hands."""
    users, resembling = Users(tx.connection, vault()), set()
    for address in (mentee.email, mentee.guardian_email):
        resembling |= (
            {one.association for one in await users.at_address(address)} if address else set()
        )
    return frozenset(resembling)


async def find_coordinated_mentees(mentor: Identity, tx: Transaction) -> tuple[UUID, ...]:
    """Young people in the charge of the associations that a mentor acts for."""
    users = await Users(tx.connection, vault()).at_address(mentor.email or "")
    associations = [user.association for user in users]
    return tuple(await Requests(tx.connection).mentees_in_charge_of(associations))


async def find_by_reference(
    reference: str, identity: Identity, tx: Transaction
) -> KnownPerson | None:
    """The person a partner registered under this reference before, where it speaks of the same
    one: a reference that was given to somebody else proves nothing."""
    known = await KnownPeople(tx.connection, vault()).behind_reference(reference)
    return next((one for one in known if _fits(one.identity, identity)), None)


def _fits(known: Identity, entry: Identity) -> bool:
    """A name or a birth date may be corrected, not both at once."""
    same_first = plain(known.first_name) == plain(entry.first_name)
    same_last = plain(known.last_name) == plain(entry.last_name)
    if known.born == entry.born:
        return same_first or same_last
    return same_first and same_last
