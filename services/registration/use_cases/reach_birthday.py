"""On the 15th and the 18th birthday rights move from the guardian to the young person.

At 15 the young person's own consent, given with the request, counts: a request that still waited
for a guardian goes on, and the guardian is told instead (article 45 asks a guardian under 15
only). At 18 nobody stands between them and us: the guardian's page has ended with that moment.
"""

from uuid import UUID

from services.registration.domain.age import CONSENT_AGE, MAJORITY
from services.registration.domain.guardians import asks_consent, check_of
from services.registration.store import People, Request, Requests, date_change
from services.registration.use_cases.apply_guardian_decision import resume_request
from services.registration.use_cases.ask_consent import forget_question
from services.registration.use_cases.await_mentor_guardian import release_mentor
from services.registration.use_cases.check_guardian import close_check
from services.registration.use_cases.inform_guardian import tell_guardian
from services.registration.use_cases.route_request import route
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import BirthdayReached
from shared.contracts.types import Side
from shared.contracts.vocabulary.programmes import guardian_rules
from shared.persistence.transaction import Transaction

NOW_MINORITY = {15: "under_18", 18: None}


async def reach_birthday(person_id: UUID, age: int, tx: Transaction) -> None:
    """Somebody is 15 or 18 today: told so, and what waited for a guardian is judged anew. Whoever
    asks for nothing any more, or left, is written to no more."""
    people = People(tx.connection, vault())
    opened = await people.open(person_id)
    if opened is None:
        return  # erased since
    requests = Requests(tx.connection)
    await requests.set_minority(person_id, NOW_MINORITY[age])
    subject, side = await _subject(person_id, tx)
    if not await people.is_served(person_id):
        return
    entry = {"person_id": person_id, "side": side, "subject_id": subject, "lang": opened[1]}
    changed_at = await date_change(tx.connection, "birth", person_id, tx.now)
    tx.publish(BirthdayReached.model_validate({**entry, "age": age, "changed_at": changed_at}))
    if side == "mentor" and age == MAJORITY:
        await release_mentor(person_id, "birthday", tx)
    await judge_requests_anew(person_id, age, tx)


async def judge_requests_anew(person_id: UUID, age: int, tx: Transaction) -> None:
    """What waits for a guardian of somebody who is 15 or 18 now."""
    requests = Requests(tx.connection)
    for request_id in await requests.open_ids_of(person_id):
        request = await requests.get_for_update(request_id)
        if request:
            await _judge_anew(request, age, tx)


async def _judge_anew(request: Request, age: int, tx: Transaction) -> None:
    rules = guardian_rules()
    if age == CONSENT_AGE and request.guardian_contact and rules.guardian_15_17 == "informed":
        tell_guardian(request.id, request.mentee_id, "mentee", request.lang, tx)
    if request.state == "awaiting_consent":
        if not asks_consent(request.minority, rules, request.guardian_contact):
            await forget_question(request.id, tx)
            await Requests(tx.connection).release(request.id)
            await route(request.id, tx)
    elif request.state == "guardian_check":
        consented, entry = request.consented_at is not None, request.guardian_told_at is not None
        if check_of(request.minority, rules, consented=consented, informed=entry) is None:
            await close_check(request.id, "birthday", tx)
            await resume_request(request, tx)


async def _subject(person_id: UUID, tx: Transaction) -> tuple[UUID, Side]:
    """The young person's latest request; a mentor has none."""
    request_id = await Requests(tx.connection).latest_of(person_id)
    return (request_id, "mentee") if request_id else (person_id, "mentor")
