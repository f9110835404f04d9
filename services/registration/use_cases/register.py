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
from services.registration.domain.fields import PARIS
from services.registration.domain.guardians import asks_consent, minority_on
from services.registration.domain.identity import Identity
from services.registration.domain.publics import known_publics
from services.registration.domain.registrations import (
    MenteeRegistration,
    MentorRegistration,
    Registration,
)
from services.registration.domain.registrations import identity_of as told_identity
from services.registration.store import (
    Acquaintances,
    KnownPerson,
    Links,
    People,
    Person,
    Request,
    Requests,
)
from services.registration.use_cases.mentor_guardians import begin_mentor, has_guardian
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
    hear_clearance,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import (
    Door,
    MenteeCriteria,
    MenteeRegistered,
    MentorCriteria,
    MentorRegistered,
    Side,
)
from shared.contracts.vocabulary.programmes import guardian_rules
from shared.persistence.transaction import Transaction

Told = MenteeRegistration | MentorRegistration
TRACKING_KEPT = timedelta(days=3 * 365)
"""How long a tracking link opens: as long as an inactive person's data is kept."""


@dataclass(frozen=True)
class Origin:
    """Through which door somebody came; `partner` for a partner's doors."""

    door: Door
    partner: str | None = None

    def reference(self, side: Side, stated: str | None) -> str | None:
        """A partner's own name for somebody, as one text that no other partner can state."""
        return f"{self.partner or self.door}|{side}|{stated}" if stated else None


@dataclass(frozen=True)
class Admitted:
    """Who came in. `subject` is what the tracking page is about: the request, or the mentor."""

    side: Side
    person_id: UUID
    subject: UUID
    known: bool = False
    """A partner stated its own reference again: this is who it spoke of before."""


async def admit_mentee(told: MenteeRegistration, origin: Origin, tx: Transaction) -> Admitted:
    """Keep a young person's request and place it; under 15, a parent is asked first."""
    known = await _restated("mentee", told, origin, tx)
    if known and (request_id := await _request_going_on(known, tx)):
        return Admitted("mentee", known.id, request_id, known=True)
    mentee_id, alike = (known.id, ()) if known else await _add_person("mentee", told, origin, tx)
    request = _request(mentee_id, told, tx)
    await _begin(request, told, origin, tx)
    await raise_doubts("mentee", alike, mentee_id, tx)
    return Admitted("mentee", mentee_id, request.id)


async def admit_mentor(told: MentorRegistration, origin: Origin, tx: Transaction) -> Admitted:
    """Keep a mentor and state what they offer."""
    statement = _statement(told, origin)
    if known := await _restated("mentor", told, origin, tx):
        await hear_clearance(known.id, statement, tx)
        return Admitted("mentor", known.id, known.id, known=True)
    mentor_id, alike = await _add_person("mentor", told, origin, tx)
    identity = identity_of(told, _today(tx))
    minor = has_guardian(identity, tx)
    offer = _offer(told, first_clearance(statement, tx), tx)
    await People(tx.connection, vault()).add_mentor(mentor_id, offer, told.association)
    await begin_clearance(mentor_id, statement, tx)
    await keep_tracking_link(mentor_id, tx)
    tx.emit(
        MentorRegistered(
            mentor_id=mentor_id,
            door=origin.door,
            lang=told.lang,
            campaign=told.campaign,
            company=told.company,
            association=told.association,
            criteria=offer,
            registered_at=_came(told, tx),
            held=minor or any(one.holds for one in alike),
            awaits_guardian=minor,
            apart_from=await find_mentees_apart(identity, tx),
        )
    )
    await begin_mentor(mentor_id, identity, told.lang, tx)
    await raise_doubts("mentor", alike, mentor_id, tx)
    for one in alike:
        if one.holds:
            claimed = replace(statement, own_reference=False)
            await hear_clearance(one.earlier_id, claimed, tx, newcomer_id=mentor_id)
    return Admitted("mentor", mentor_id, mentor_id)


async def _restated(side: Side, told: Told, origin: Origin, tx: Transaction) -> KnownPerson | None:
    """Whom a partner means that states its own reference for the same person again."""
    reference = origin.reference(side, told.reference)
    if reference is None:
        return None
    return await find_by_reference(reference, identity_of(told, _today(tx)), tx)


async def _request_going_on(known: KnownPerson, tx: Transaction) -> UUID | None:
    """The request that a restated registration is about; None: it is over, they ask anew."""
    requests = Requests(tx.connection)
    return await (requests.latest_of(known.id) if known.folded else requests.open_of(known.id))


async def _add_person(
    side: Side, told: Told, origin: Origin, tx: Transaction
) -> tuple[UUID, tuple[Resemblance, ...]]:
    """Keep somebody new; returns who they may be as well. Nobody known is touched."""
    identity, person_id = identity_of(told, _today(tx)), tx.new_id()
    alike = await find_resemblances(side, identity, tx)
    person = _person(person_id, side, told, origin, tx, held=any(one.holds for one in alike))
    await People(tx.connection, vault()).add(person, identity)
    if reference := origin.reference(side, told.reference):
        await Acquaintances(tx.connection, vault()).remember_reference(reference, person_id)
    return person_id, alike


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
            awaits_consent=request.state == "awaiting_consent",
        )
    )
    await begin_request(request, identity_of(told, _today(tx)), tx)


def identity_of(told: Told, today: date) -> Identity:
    """The part of a registration that only the vault sees; of an adult nothing of a guardian."""
    identity = told_identity(told)
    if minority_on(today, told.born):
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
    told: Told,
    origin: Origin,
    tx: Transaction,
    held: bool,
) -> Person:
    return Person(
        id=person_id,
        side=side,
        lang=told.lang,
        door=origin.door,
        registered_at=_came(told, tx),
        partner=origin.partner,
        campaign=told.campaign,
        company=told.company if isinstance(told, MentorRegistration) else None,
        held=held,
    )


def _request(mentee_id: UUID, told: MenteeRegistration, tx: Transaction) -> Request:
    today = _today(tx)
    minority = minority_on(today, told.born)
    reachable = identity_of(told, today).has_guardian_contact
    asks_first = not told.parental_consent and asks_consent(minority, guardian_rules(), reachable)
    return Request(
        id=tx.new_id(),
        mentee_id=mentee_id,
        state="awaiting_consent" if asks_first else "placing",
        criteria=_criteria(told),
        age=age_on(today, told.born),
        registered_at=_came(told, tx),
        lang=told.lang,
        consented_at=tx.now if told.parental_consent else None,
        minority=minority,
        guardian_contact=reachable,
    )


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(PARIS).date()


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


def _statement(told: MentorRegistration, origin: Origin) -> Statement:
    """What whoever registers a mentor says of their clearance; on a page nobody is believed."""
    actor = f"partner:{origin.partner}" if origin.partner else origin.door
    return Statement(
        clearance=told.cleared,
        actor=None if origin.door == "page" else actor,
        own_reference=told.reference is not None,
    )


def _offer(told: MentorRegistration, cleared_until: date | None, tx: Transaction) -> MentorCriteria:
    """What a mentor offers. The year of birth travels only where it may matter: under 18."""
    under_age = is_minor(date(told.born.year, 12, 31), tx.now.astimezone(PARIS).date())
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
        cleared=cleared_until is not None,
        cleared_until=cleared_until,
        birth_year=told.born.year if under_age else None,
    )
