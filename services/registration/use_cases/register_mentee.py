"""A young person registers: kept, published, and their request routed."""

from uuid import UUID

from services.registration.domain.age import age_on
from services.registration.domain.guardians import asks_consent, minority_on
from services.registration.domain.mentee_registration import MenteeRegistration
from services.registration.domain.publics import with_derived_publics
from services.registration.store import (
    KnownPerson,
    Request,
    Requests,
)
from services.registration.use_cases.add_person import (
    Origin,
    Registered,
    add_person,
    find_known,
    identity_of,
    keep_tracking_link,
    registration_time,
)
from services.registration.use_cases.obtain_consent import begin_request
from services.registration.use_cases.raise_doubt import raise_doubts
from services.registration.use_cases.record_clearance import today_in_paris
from shared.contracts.events import (
    MenteeCriteria,
    MenteeRegistered,
)
from shared.contracts.vocabulary.programmes import guardian_rules
from shared.persistence.transaction import Transaction


async def register_mentee(
    registration: MenteeRegistration, origin: Origin, tx: Transaction
) -> Registered:
    """Keep a young person's request and place it; under 15, a parent is asked first."""
    known = await find_known("mentee", registration, origin, tx)
    if known and (request_id := await _request_going_on(known, tx)):
        return Registered("mentee", known.id, request_id, known=True)
    mentee_id, alike = (
        (known.id, ()) if known else await add_person("mentee", registration, origin, tx)
    )
    request = _request(mentee_id, registration, tx)
    await _begin(request, registration, origin, tx, known)
    await raise_doubts("mentee", alike, mentee_id, tx)
    return Registered("mentee", mentee_id, request.id)


async def _request_going_on(known: KnownPerson, tx: Transaction) -> UUID | None:
    """The request that a restated registration is about; None: it is over, they ask anew."""
    requests = Requests(tx.connection)
    return await (requests.latest_of(known.id) if known.folded else requests.open_of(known.id))


async def _begin(
    request: Request,
    registration: MenteeRegistration,
    origin: Origin,
    tx: Transaction,
    known: KnownPerson | None,
) -> None:
    await Requests(tx.connection).add(request)
    await keep_tracking_link(request.id, tx)
    tx.publish(
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
    identity = identity_of(registration, today_in_paris(tx))
    await begin_request(request, identity, tx, known.identity if known else None)


def _request(mentee_id: UUID, registration: MenteeRegistration, tx: Transaction) -> Request:
    today = today_in_paris(tx)
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
        registered_at=registration_time(registration, tx),
        lang=registration.lang,
        consented_at=tx.now if registration.parental_consent else None,
        minority=minority,
        guardian_contact=reachable,
    )


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
