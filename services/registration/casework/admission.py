"""Somebody comes in: recognised or new, kept, stated, and a young person's request placed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.registration.casework.consent import ask_guardian
from services.registration.casework.contact import correct_contact
from services.registration.casework.keyring import vault
from services.registration.casework.placing import place_new
from services.registration.domain.age import age_on, needs_guardian
from services.registration.domain.fields import PARIS
from services.registration.domain.identity import Identity
from services.registration.domain.publics import known_publics
from services.registration.domain.registrations import (
    MenteeRegistration,
    MentorRegistration,
    Registration,
)
from services.registration.store import Links, People, Person, Request, Requests
from shared.contracts.events import (
    Door,
    MenteeCriteria,
    MenteeRegistered,
    MentorCriteria,
    MentorRegistered,
    Side,
)
from shared.runtime.transaction import Transaction

TRACKING_KEPT = timedelta(days=3 * 365)
"""How long a tracking link opens: as long as an inactive person's data is kept."""


@dataclass(frozen=True)
class Origin:
    """Through which door somebody came; `partner` for a partner's doors."""

    door: Door
    partner: str | None = None


@dataclass(frozen=True)
class Admitted:
    """Who came in. `subject` is what the tracking page is about: the request, or the mentor."""

    side: Side
    person_id: UUID
    subject: UUID
    known: bool = False
    """They were here already: nothing was kept."""


async def admit_mentee(told: MenteeRegistration, origin: Origin, tx: Transaction) -> Admitted:
    """Keep a young person's request and place it; under 15, a parent is asked first."""
    people = People(tx.connection, vault())
    identity = identity_of(told)
    mentee_id = await people.same_as("mentee", identity)
    if mentee_id is None:
        mentee_id = tx.new_id()
        await people.add(_person(mentee_id, "mentee", told, origin, tx), identity)
    elif request_id := await Requests(tx.connection).open_of(mentee_id):
        await correct_contact("mentee", mentee_id, request_id, identity, tx)
        return Admitted("mentee", mentee_id, request_id, known=True)
    else:
        await people.renew(mentee_id, "mentee", identity)
    request = _request(mentee_id, told, tx)
    await _begin(request, told, origin, tx)
    return Admitted("mentee", mentee_id, request.id)


async def admit_mentor(told: MentorRegistration, origin: Origin, tx: Transaction) -> Admitted:
    """Keep a mentor and state what they offer."""
    people = People(tx.connection, vault())
    identity = identity_of(told)
    if known := await people.same_as("mentor", identity):
        await correct_contact("mentor", known, known, identity, tx)
        return Admitted("mentor", known, known, known=True)
    person = _person(tx.new_id(), "mentor", told, origin, tx)
    await people.add(person, identity)
    await people.add_mentor(person.id, _offer(told), told.association)
    await keep_tracking_link(person.id, tx)
    tx.emit(
        MentorRegistered(
            mentor_id=person.id,
            door=origin.door,
            lang=told.lang,
            campaign=told.campaign,
            company=told.company,
            association=told.association,
            criteria=_offer(told),
            registered_at=person.registered_at,
        )
    )
    return Admitted("mentor", person.id, person.id)


async def keep_tracking_link(subject: UUID, tx: Transaction) -> None:
    """Let the link of this request or mentor open the tracking page."""
    mark = tx.fingerprint("request", subject)
    await Links(tx.connection).keep("request", subject, mark, tx.now + TRACKING_KEPT)


async def _begin(
    request: Request, told: MenteeRegistration, origin: Origin, tx: Transaction
) -> None:
    await Requests(tx.connection).add(request)
    await keep_tracking_link(request.id, tx)
    tx.emit(
        MenteeRegistered(
            request_id=request.id,
            mentee_id=request.mentee_id,
            door=origin.door,
            lang=told.lang,
            campaign=told.campaign,
            registered_at=request.registered_at,
        )
    )
    if request.state == "awaiting_consent":
        await ask_guardian(request, tx)
    else:
        await place_new(request, tx)


def identity_of(told: MenteeRegistration | MentorRegistration) -> Identity:
    """The part of a registration that only the vault sees."""
    person = Identity(told.first_name, told.last_name, told.born, told.email, told.phone)
    if isinstance(told, MentorRegistration):
        return person
    return replace(
        person,
        guardian_first_name=told.guardian_first_name,
        guardian_email=told.guardian_email,
    )


def _person(
    person_id: UUID,
    side: Side,
    told: MenteeRegistration | MentorRegistration,
    origin: Origin,
    tx: Transaction,
) -> Person:
    company = told.company if isinstance(told, MentorRegistration) else None
    return Person(
        *(person_id, side, told.lang, origin.door, _came(told, tx)),
        *(origin.partner, told.campaign, company),
    )


def _request(mentee_id: UUID, told: MenteeRegistration, tx: Transaction) -> Request:
    today = tx.now.astimezone(PARIS).date()
    asks_first = needs_guardian(told.born, today) and not told.parental_consent
    return Request(
        id=tx.new_id(),
        mentee_id=mentee_id,
        state="awaiting_consent" if asks_first else "placing",
        criteria=_criteria(told),
        age=age_on(today, told.born),
        registered_at=_came(told, tx),
        lang=told.lang,
        consented_at=None if asks_first or not told.parental_consent else tx.now,
    )


def _came(told: Registration, tx: Transaction) -> datetime:
    """When somebody registered: elsewhere perhaps, and never later than now."""
    return min(told.since or tx.now, tx.now)


def _criteria(told: MenteeRegistration) -> MenteeCriteria:
    return MenteeCriteria(
        needs=told.needs,
        slots=told.slots,
        level=told.level,
        department=told.department,
        commune=told.commune,
        languages=told.languages,
        sectors=told.sectors,
        remote=told.remote,
        publics=tuple(sorted(known_publics(told.publics, told.level, told.department))),
        birth_year=told.born.year,
    )


def _offer(told: MentorRegistration) -> MentorCriteria:
    return MentorCriteria(
        offers=told.offers,
        slots=told.slots,
        levels=told.levels,
        department=told.department,
        commune=told.commune,
        languages=told.languages,
        sectors=told.sectors,
        remote=told.remote,
        capacity=told.capacity,
        cleared=told.cleared,
    )
