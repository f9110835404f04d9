"""Roles that must be two people stay two people when a contact or a coordinator comes later.

Whoever registers is compared then (`recognition`). Here: somebody gives another contact, or a
person of an association is invited. Pairs that may never be are stated anew, and a request leaves
an association for which somebody acts who is reached where the young person or the guardian is.
"""

from collections.abc import Sequence
from uuid import UUID

from services.registration.domain.identity import Identity
from services.registration.store import KnownPeople, People, Requests
from services.registration.use_cases.hand_on_requests import hand_on
from services.registration.use_cases.recognise_person import (
    find_coordinated_mentees,
    find_mentees_apart,
    find_mentors_apart,
    find_own_associations,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.addresses import plain_mail
from shared.contracts.events import PersonKeptApart
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

OWN_CONTACT = "own_contact"
"""How the turn of an association ended for which the young person or the guardian seems to act."""


async def judge_contact(person_id: UUID, side: Side, identity: Identity, tx: Transaction) -> None:
    """Somebody, or their guardian, is reached elsewhere: whom may they not be together with?"""
    await KnownPeople(tx.connection, vault()).lock(identity)
    if side == "mentor":
        _state(side, person_id, await find_mentees_apart(identity, tx), tx)
        return
    await _leave_own_associations(person_id, identity, tx)
    in_charge = await Requests(tx.connection).association_in_charge(person_id)
    associations = [in_charge] if in_charge else []
    _state(side, person_id, await find_mentors_apart(identity, associations, tx), tx)


async def judge_coordinator(address: str, tx: Transaction) -> None:
    """Somebody acts for an association now, and is reached here: the same people may be mentors,
    young people or guardians."""
    contact = [f"mail:{plain_mail(address.strip())}"]
    known_people, people = KnownPeople(tx.connection, vault()), People(tx.connection, vault())
    for mentor_id in await known_people.find_by_contact("mentor", contact):
        if opened := await people.open(mentor_id):
            mentees = await find_coordinated_mentees(opened[0], tx)
            _state("mentor", mentor_id, mentees, tx)
    for mentee_id in await known_people.find_by_contact("mentee", contact):
        if opened := await people.open(mentee_id):
            await _leave_own_associations(mentee_id, opened[0], tx)


async def _leave_own_associations(mentee_id: UUID, identity: Identity, tx: Transaction) -> None:
    own = await find_own_associations(identity, tx)
    if not own:
        return
    for request_id in await Requests(tx.connection).open_ids_of(mentee_id):
        request = await Requests(tx.connection).get_for_update(request_id)
        if request and request.association in own:
            await hand_on(request, OWN_CONTACT, tx)


def _state(side: Side, person_id: UUID, apart_from: Sequence[UUID], tx: Transaction) -> None:
    if apart_from:
        tx.publish(PersonKeptApart(side=side, person_id=person_id, apart_from=tuple(apart_from)))
