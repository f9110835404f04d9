"""A birth date is corrected: guardians, consent, birthdays and gates follow it.

From one's own link, or a guardian's, only to somebody younger: that protects more, and is done at
once. Nobody makes themselves older by a link: an association that has checked who asks does it.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.registration.domain.age import MENTEE_AGES, age_on
from services.registration.domain.contact import CHECKED_BY
from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.guardians import asks_consent, minority_on, protects_more
from services.registration.domain.identity import Identity
from services.registration.store import AccessLog, Births, People, Request, Requests, date_change
from services.registration.use_cases.add_person import keep_tracking_link
from services.registration.use_cases.ask_consent import forget_question
from services.registration.use_cases.await_mentor_guardian import hold_for_guardian, release_mentor
from services.registration.use_cases.exercise_rights import Behind
from services.registration.use_cases.obtain_consent import begin_request
from services.registration.use_cases.plan_minority import forget_minority, plan_minority
from services.registration.use_cases.reach_birthday import judge_requests_anew
from services.registration.use_cases.refuse_own_affair import refuse_own
from services.registration.use_cases.vault_provider import vault
from services.registration.use_cases.withdraw_request import withdraw_request
from shared.contracts.events import BirthDateCorrected, MenteeRegistered
from shared.contracts.types import PARIS, Lang, Side
from shared.contracts.vocabulary.programmes import PROGRAMME, guardian_rules
from shared.persistence.transaction import Transaction


@dataclass(frozen=True)
class Correction:
    """Another birth date of somebody. `actor`: who says it; `way`: how that was checked."""

    person_id: UUID
    side: Side
    born: date
    actor: str
    way: str


async def correct_own_birth(linked: Behind, born: date, tx: Transaction) -> bool:
    """At once, to a later date only. False for nobody.

    Raises InvalidRegistration: an earlier date is for the association to check.
    """
    opened = await People(tx.connection, vault()).open(linked.subject.person_id)
    if opened is None:
        return False
    if born < opened[0].born:
        raise InvalidRegistration([Fault("born", "older")])
    person_id, side = linked.subject.person_id, linked.subject.side
    await _correct(Correction(person_id, side, born, linked.reader, "link"), opened, tx)
    return True


async def correct_checked_birth(
    person_id: UUID, actor: str, born: date, way: str, tx: Transaction
) -> bool:
    """An association has checked who asks: either way, at once. False for nobody, and an unknown
    way of checking. Raises InvalidRegistration, OwnAffair."""
    people = People(tx.connection, vault())
    opened = await people.open(person_id)
    if opened is None or way not in CHECKED_BY:
        return False
    await refuse_own(actor, [person_id], tx)
    side = await people.side_of(person_id)
    await _correct(Correction(person_id, side, born, actor, way), opened, tx)
    return True


async def _correct(correction: Correction, opened: tuple[Identity, Lang], tx: Transaction) -> None:
    person_id, side, born = correction.person_id, correction.side, correction.born
    identity, lang = opened
    today = tx.now.astimezone(PARIS).date()
    _check(side, born, today)
    if born == identity.born:
        return
    corrected = replace(identity, born=born)
    await People(tx.connection, vault()).change_identity(person_id, side, corrected)
    why = f"born_corrected:{correction.way}"
    await AccessLog(tx.connection).write(tx.now, correction.actor, person_id, "born", why)
    await forget_minority(person_id, tx)
    await plan_minority(person_id, corrected, tx)
    before, after = minority_on(today, identity.born), minority_on(today, born)
    if side == "mentor" and protects_more(after, before):
        await hold_for_guardian(person_id, corrected, lang, tx)
    elif side == "mentor" and after is None:
        await release_mentor(person_id, "birthday", tx)
    await Births(tx.connection).correct(person_id, age_on(today, born), born.year, after)
    subject = await Requests(tx.connection).latest_of(person_id) if side == "mentee" else person_id
    tx.publish(
        BirthDateCorrected(
            person_id=person_id,
            side=side,
            subject_id=subject or person_id,
            birth_year=born.year if after else None,
            lang=lang,
            changed_at=await date_change(tx.connection, "birth", person_id, tx.now),
        )
    )
    if side == "mentee" and protects_more(after, before):
        for request_id in await Requests(tx.connection).open_ids_of(person_id):
            await _begin_anew(request_id, corrected, tx)
    elif side == "mentee" and after != before:
        await judge_requests_anew(person_id, 18 if after is None else 15, tx)


async def _begin_anew(request_id: UUID, identity: Identity, tx: Transaction) -> None:
    """A guardian comes first now: what was begun without one ends, a pair too, and the request
    begins again with its old date. Under 15 without a guardian whom we reach it ends only: the
    form asks for one."""
    old = await Requests(tx.connection).get_for_update(request_id)
    if old is None:
        return
    await forget_question(old.id, tx)
    await withdraw_request(old, "withdrawn", tx)
    request = _request_anew(old, identity, tx)
    if request.minority == "under_15" and not request.guardian_contact:
        return
    await Requests(tx.connection).add(request)
    await keep_tracking_link(request.id, tx)
    tx.publish(
        MenteeRegistered(
            request_id=request.id,
            mentee_id=request.mentee_id,
            door="page",
            lang=request.lang,
            registered_at=request.registered_at,
            awaits_consent=request.state == "awaiting_consent",
        )
    )
    await begin_request(request, identity, tx)


def _request_anew(old: Request, identity: Identity, tx: Transaction) -> Request:
    minority = minority_on(tx.now.astimezone(PARIS).date(), identity.born)
    reachable = identity.has_guardian_contact
    asks_first = asks_consent(minority, guardian_rules(), reachable)
    return Request(
        id=tx.new_id(),
        mentee_id=old.mentee_id,
        state="awaiting_consent" if asks_first else "placing",
        criteria=old.criteria.model_copy(update={"birth_year": identity.born.year}),
        age=age_on(tx.now.astimezone(PARIS).date(), identity.born),
        registered_at=old.registered_at,
        lang=old.lang,
        minority=minority,
        guardian_contact=reachable,
    )


def _check(side: Side, born: date, today: date) -> None:
    """The ages that registrations keep to. Raises InvalidRegistration."""
    age = age_on(today, born)
    youngest = MENTEE_AGES[0] if side == "mentee" else PROGRAMME.mentor_min_age
    if born > today:
        raise InvalidRegistration([Fault("born", "in_the_future")])
    if age < youngest:
        raise InvalidRegistration([Fault("born", "too_young")])
    if side == "mentee" and age > MENTEE_AGES[1]:
        raise InvalidRegistration([Fault("born", "too_old")])
