"""Somebody comes in: kept, stated, and a young person's request placed.

Every registration makes a person of its own, with its own contact and its own link. Whether that
is somebody known already is a doubt, for others to settle; only a partner that states its own
reference again is believed at once.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.registration.domain.age import age_on, is_minor
from services.registration.domain.clearance import Statement
from services.registration.domain.guardians import asks_consent, minority_on
from services.registration.domain.identity import Identity
from services.registration.domain.publics import with_derived_publics
from services.registration.domain.registrations import (
    MenteeRegistration,
    MentorRegistration,
    Registration,
)
from services.registration.domain.registrations import identity_of as told_identity
from services.registration.store import (
    KnownPeople,
    KnownPerson,
    Links,
    People,
    Person,
    Request,
    Requests,
)
from services.registration.use_cases.await_mentor_guardian import begin_mentor, has_guardian
from services.registration.use_cases.obtain_consent import begin_request
from services.registration.use_cases.raise_doubt import raise_doubts
from services.registration.use_cases.recognise_person import (
    Resemblance,
    find_by_reference,
    find_mentees_apart,
    find_resemblances,
)
from services.registration.use_cases.record_clearance import (
    begin_clearance,
    first_clearance,
    record_clearance,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import (
    MenteeCriteria,
    MenteeRegistered,
    MentorCriteria,
    MentorRegistered,
)
from shared.contracts.types import PARIS, RegistrationSource, Side
from shared.contracts.vocabulary.programmes import guardian_rules
from shared.persistence.transaction import Transaction

Told = MenteeRegistration | MentorRegistration
TRACKING_KEPT = timedelta(days=3 * 365)
"""How long a tracking link opens: as long as an inactive person's data is kept."""


@dataclass(frozen=True)
class Origin:
    """By which source somebody came; `partner` for a partner's requests."""

    door: RegistrationSource
    partner: str | None = None

    def reference(self, side: Side, stated: str | None) -> str | None:
        """A partner's own name for somebody, as one text that no other partner can state."""
        return f"{self.partner or self.door}|{side}|{stated}" if stated else None


@dataclass(frozen=True)
class Registered:
    """Who came in. `subject` is what the tracking page is about: the request, or the mentor."""

    side: Side
    person_id: UUID
    subject: UUID
    known: bool = False
    """A partner stated its own reference again: this is who it spoke of before."""


async def register_mentee(
    registration: MenteeRegistration, origin: Origin, tx: Transaction
) -> Registered:
    """Keep a young person's request and place it; under 15, a parent is asked first."""
    known = await _find_by_reference("mentee", registration, origin, tx)
    if known and (request_id := await _request_going_on(known, tx)):
        return Registered("mentee", known.id, request_id, known=True)
    mentee_id, alike = (
        (known.id, ()) if known else await _add_person("mentee", registration, origin, tx)
    )
    request = _request(mentee_id, registration, tx)
    await _begin(request, registration, origin, tx)
    await raise_doubts("mentee", alike, mentee_id, tx)
    return Registered("mentee", mentee_id, request.id)


async def register_mentor(
    registration: MentorRegistration, origin: Origin, tx: Transaction
) -> Registered:
    """Keep a mentor and state what they offer."""
    statement = _statement(registration, origin)
    if known := await _find_by_reference("mentor", registration, origin, tx):
        await record_clearance(known.id, statement, tx)
        return Registered("mentor", known.id, known.id, known=True)
    mentor_id, alike = await _add_person("mentor", registration, origin, tx)
    identity = identity_of(registration, _today(tx))
    minor = has_guardian(identity, tx)
    offer = _offer(registration, first_clearance(statement, tx), tx)
    await People(tx.connection, vault()).add_mentor(mentor_id, offer, registration.association)
    await begin_clearance(mentor_id, statement, tx)
    await keep_tracking_link(mentor_id, tx)
    tx.emit(
        MentorRegistered(
            mentor_id=mentor_id,
            door=origin.door,
            lang=registration.lang,
            campaign=registration.campaign,
            company=registration.company,
            association=registration.association,
            criteria=offer,
            registered_at=_registration_time(registration, tx),
            held=minor or any(one.holds for one in alike),
            awaits_guardian=minor,
            apart_from=await find_mentees_apart(identity, tx),
        )
    )
    await begin_mentor(mentor_id, identity, registration.lang, tx)
    await raise_doubts("mentor", alike, mentor_id, tx)
    for one in alike:
        if one.holds:
            claimed = replace(statement, own_reference=False)
            await record_clearance(one.earlier_id, claimed, tx, newcomer_id=mentor_id)
    return Registered("mentor", mentor_id, mentor_id)


async def _find_by_reference(
    side: Side, entry: Told, origin: Origin, tx: Transaction
) -> KnownPerson | None:
    """Whom a partner means that states its own reference for the same person again."""
    reference = origin.reference(side, entry.reference)
    if reference is None:
        return None
    return await find_by_reference(reference, identity_of(entry, _today(tx)), tx)


async def _request_going_on(known: KnownPerson, tx: Transaction) -> UUID | None:
    """The request that a restated registration is about; None: it is over, they ask anew."""
    requests = Requests(tx.connection)
    return await (requests.latest_of(known.id) if known.folded else requests.open_of(known.id))


async def _add_person(
    side: Side, entry: Told, origin: Origin, tx: Transaction
) -> tuple[UUID, tuple[Resemblance, ...]]:
    """Keep somebody new; returns who they may be as well. Nobody known is touched."""
    identity, person_id = identity_of(entry, _today(tx)), tx.new_id()
    alike = await find_resemblances(side, identity, tx)
    person = _person(person_id, side, entry, origin, tx, held=any(one.holds for one in alike))
    await People(tx.connection, vault()).add(person, identity)
    if reference := origin.reference(side, entry.reference):
        await KnownPeople(tx.connection, vault()).remember_reference(reference, person_id)
    return person_id, alike


async def keep_tracking_link(subject: UUID, tx: Transaction) -> None:
    """Let the link of this request or mentor open the tracking page."""
    mark = tx.fingerprint("request", subject)
    await Links(tx.connection).keep("request", subject, mark, tx.now + TRACKING_KEPT)


async def _begin(
    request: Request, registration: MenteeRegistration, origin: Origin, tx: Transaction
) -> None:
    await Requests(tx.connection).add(request)
    await keep_tracking_link(request.id, tx)
    tx.emit(
        MenteeRegistered(
            request_id=request.id,
            mentee_id=request.mentee_id,
            door=origin.door,
            lang=registration.lang,
            campaign=registration.campaign,
            registered_at=request.registered_at,
            awaits_consent=request.state == "awaiting_consent",
        )
    )
    await begin_request(request, identity_of(registration, _today(tx)), tx)


def identity_of(entry: Told, today: date) -> Identity:
    """The part of a registration that only the vault sees; of an adult nothing of a guardian."""
    identity = told_identity(entry)
    if minority_on(today, entry.born):
        return identity
    return replace(
        identity,
        guardian_first_name=None,
        guardian_last_name=None,
        guardian_email=None,
        guardian_phone=None,
    )


def _person(
    person_id: UUID,
    side: Side,
    entry: Told,
    origin: Origin,
    tx: Transaction,
    held: bool,
) -> Person:
    return Person(
        id=person_id,
        side=side,
        lang=entry.lang,
        door=origin.door,
        registered_at=_registration_time(entry, tx),
        partner=origin.partner,
        campaign=entry.campaign,
        company=entry.company if isinstance(entry, MentorRegistration) else None,
        held=held,
    )


def _request(mentee_id: UUID, registration: MenteeRegistration, tx: Transaction) -> Request:
    today = _today(tx)
    minority = minority_on(today, registration.born)
    reachable = identity_of(registration, today).has_guardian_contact
    asks_first = not registration.parental_consent and asks_consent(
        minority, guardian_rules(), reachable
    )
    return Request(
        id=tx.new_id(),
        mentee_id=mentee_id,
        state="awaiting_consent" if asks_first else "placing",
        criteria=_criteria(registration),
        age=age_on(today, registration.born),
        registered_at=_registration_time(registration, tx),
        lang=registration.lang,
        consented_at=tx.now if registration.parental_consent else None,
        minority=minority,
        guardian_contact=reachable,
    )


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(PARIS).date()


def _registration_time(registration: Registration, tx: Transaction) -> datetime:
    """When somebody registered: elsewhere perhaps, and never later than now."""
    return min(registration.since or tx.now, tx.now)


def _criteria(registration: MenteeRegistration) -> MenteeCriteria:
    return MenteeCriteria(
        needs=registration.needs,
        slots=registration.slots,
        level=registration.level,
        department=registration.department,
        commune=registration.commune,
        languages=registration.languages,
        sectors=registration.sectors,
        remote=registration.remote,
        publics=tuple(
            sorted(
                with_derived_publics(
                    registration.publics, registration.level, registration.department
                )
            )
        ),
        birth_year=registration.born.year,
    )


def _statement(registration: MentorRegistration, origin: Origin) -> Statement:
    """What whoever registers a mentor says of their clearance; on a page nobody is believed."""
    actor = f"partner:{origin.partner}" if origin.partner else origin.door
    return Statement(
        clearance=registration.cleared,
        actor=None if origin.door == "page" else actor,
        own_reference=registration.reference is not None,
    )


def _offer(
    registration: MentorRegistration, cleared_until: date | None, tx: Transaction
) -> MentorCriteria:
    """What a mentor offers. The year of birth travels only where it may matter: under 18."""
    under_age = is_minor(date(registration.born.year, 12, 31), tx.now.astimezone(PARIS).date())
    return MentorCriteria(
        offers=registration.offers,
        slots=registration.slots,
        levels=registration.levels,
        department=registration.department,
        commune=registration.commune,
        languages=registration.languages,
        sectors=registration.sectors,
        remote=registration.remote,
        capacity=registration.capacity,
        cleared=cleared_until is not None,
        cleared_until=cleared_until,
        birth_year=registration.born.year if under_age else None,
    )
