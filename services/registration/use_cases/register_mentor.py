"""A mentor registers: kept, and what they offer is published."""

from dataclasses import replace
from datetime import date

from services.registration.domain.age import is_minor
from services.registration.domain.clearance import Statement
from services.registration.domain.mentor_registration import MentorRegistration
from services.registration.store import (
    People,
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
from services.registration.use_cases.await_mentor_guardian import begin_mentor, has_guardian
from services.registration.use_cases.raise_doubt import raise_doubts
from services.registration.use_cases.recognise_person import (
    find_mentees_apart,
)
from services.registration.use_cases.record_clearance import (
    begin_clearance,
    first_clearance,
    record_clearance,
    today_in_paris,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import (
    MentorCriteria,
    MentorRegistered,
)
from shared.contracts.types import PARIS
from shared.persistence.transaction import Transaction


async def register_mentor(
    registration: MentorRegistration, origin: Origin, tx: Transaction
) -> Registered:
    """Keep a mentor and state what they offer."""
    statement = _statement(registration, origin)
    if known := await find_known("mentor", registration, origin, tx):
        await record_clearance(known.id, statement, tx)
        return Registered("mentor", known.id, known.id, known=True)
    mentor_id, alike = await add_person("mentor", registration, origin, tx)
    identity = identity_of(registration, today_in_paris(tx))
    minor = has_guardian(identity, tx)
    offer = _offer(registration, first_clearance(statement, tx), tx)
    await People(tx.connection, vault()).add_mentor(mentor_id, offer, registration.association)
    await begin_clearance(mentor_id, statement, tx)
    await keep_tracking_link(mentor_id, tx)
    tx.publish(
        MentorRegistered(
            mentor_id=mentor_id,
            door=origin.door,
            lang=registration.lang,
            campaign=registration.campaign,
            company=registration.company,
            association=registration.association,
            criteria=offer,
            registered_at=registration_time(registration, tx),
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
