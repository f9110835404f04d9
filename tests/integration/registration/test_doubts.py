"""Two registrations that may be one person: both are kept, one waits, somebody decides."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.events import (
    BirthdayReached,
    ClearanceAsked,
    ConfirmationAsked,
    ContactProved,
    DoubtRaised,
    Event,
    HoldLifted,
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    RegistrationRepeated,
    RequestConfirmed,
    RequestWithdrawn,
)
from shared.contracts.types import Recipient
from tests.integration.registration.conftest import BY_HAND, csrf, path_of, register, sign_in
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

CASES = Path(__file__).parents[2] / "cases"
ELSEWHERE = {"email": "une.autre.adresse@exemple.fr"}
HEAD = "reseau_binome"


async def take_events(s: ServiceHarness) -> list[Event]:
    """What was stated, but that a link was used: that proves its address."""
    return [event for event in await s.take_events() if not isinstance(event, ContactProved)]


async def send(s: ServiceHarness, who: str, form: dict[str, Any]) -> list[Event]:
    answer = await s.client.post(f"/inscription/{who}", data=form_of(form))
    assert answer.status_code == 303
    return await take_events(s)


async def contact(s: ServiceHarness, side: Recipient, person_id: UUID) -> ContactGiven:
    asked = ContactAsked(recipient=side, person=str(person_id), purpose="registration_repeated")
    found: ContactGiven = await s.answer(CONTACT_QUEUE, asked)
    return found


async def page_of(s: ServiceHarness, subject: UUID) -> str:
    return (await s.client.get(path_of(s, "request", subject))).text


async def decide(s: ServiceHarness, association: str, answer: str) -> list[Event]:
    """Sign in, open the one doubt that is listed, answer."""
    await sign_in(s, association)
    listed = await s.client.get("/associations/doublons")
    (path,) = set(re.findall(r'href="(/associations/doublons/[0-9a-f-]{36})"', listed.text))
    page = await s.client.get(path)
    form = {"csrf": csrf(page.text), "answer": answer}
    await take_events(s)
    settled = await s.client.post(path, data=form)
    assert settled.status_code == 303
    return await take_events(s)


async def test_the_form_of_a_stranger_gets_nothing_of_a_cleared_mentor(
    s: ServiceHarness, partner: str
) -> None:
    await register(s, {"kind": "mentor", **volunteer(cleared=True, reference="m-1")})
    (first,) = await take_events(s)
    assert isinstance(first, MentorRegistered)
    events = await send(s, "mentor", volunteer(**ELSEWHERE))
    (newcomer,) = pick_events(MentorRegistered, events)
    assert newcomer.mentor_id != first.mentor_id
    assert newcomer.held
    assert not newcomer.criteria.cleared
    (repeated,) = pick_events(RegistrationRepeated, events)
    assert repeated.person_id == first.mentor_id
    given = await contact(s, "mentor", first.mentor_id)
    assert given.email == volunteer()["email"]
    given = await contact(s, "mentor", newcomer.mentor_id)
    assert given.email == ELSEWHERE["email"]


async def test_a_minor_keeps_her_contact_and_her_request(s: ServiceHarness) -> None:
    (registered, *_) = await send(s, "jeune", young())
    assert isinstance(registered, MenteeRegistered)
    events = await send(s, "jeune", young(**ELSEWHERE))
    (again,) = pick_events(MenteeRegistered, events)
    assert again.request_id != registered.request_id
    assert again.mentee_id != registered.mentee_id
    (confirmed,) = pick_events(RequestConfirmed, events)
    assert confirmed.held
    assert (await contact(s, "mentee", registered.mentee_id)).email == young()["email"]


async def test_a_guardian_stays_while_consent_is_awaited(s: ServiceHarness) -> None:
    child = young(born="2013-03-04", guardian_first_name="Maud", guardian_email="maud@exemple.fr")
    (registered, *_) = await send(s, "jeune", child)
    assert isinstance(registered, MenteeRegistered)
    await send(s, "jeune", child | {"guardian_email": "quelquun@exemple.fr"})
    assert (await contact(s, "guardian", registered.mentee_id)).email == "maud@exemple.fr"


@pytest.mark.parametrize("door", ["page", "api"])
async def test_two_children_born_on_new_years_day_are_two(
    s: ServiceHarness, partner: str, door: str
) -> None:
    one, other = json.loads((CASES / "namesakes.json").read_text(encoding="utf-8"))
    events = []
    for child in (one, other):
        if door == "api":
            assert (await register(s, child)).status_code == 202
            events.append(await take_events(s))
        else:
            events.append(await send(s, "jeune", {k: v for k, v in child.items() if k != "kind"}))
    registered = [pick_events(MenteeRegistered, part)[0] for part in events]
    assert len({event.mentee_id for event in registered}) == 2
    for event, child in zip(registered, (one, other), strict=True):
        assert (await contact(s, "mentee", event.mentee_id)).email == child["email"]
    assert pick_events(RegistrationRepeated, events[1]) == []
    (confirmed,) = pick_events(RequestConfirmed, events[1])
    assert not confirmed.held, "no evidence: nobody waits"
    assert len(pick_events(DoubtRaised, events[1])) == 1, "but a human looks"


async def test_an_educators_mailbox_does_not_explain_another_birth_date_away(
    s: ServiceHarness,
) -> None:
    home = {"email": "foyer@exemple.fr"}
    await send(s, "jeune", young(**home))
    await send(s, "jeune", young(**home, first_name="Zoé"))
    events = await send(s, "jeune", young(**home, born="2006-04-05"))
    (confirmed,) = pick_events(RequestConfirmed, events)
    assert not confirmed.held
    assert pick_events(DoubtRaised, events) == []
    assert pick_events(RegistrationRepeated, events) == []


async def test_what_a_stranger_sees_is_the_same_for_known_and_unknown(s: ServiceHarness) -> None:
    await send(s, "jeune", young())
    seen = []
    for person in (young(**ELSEWHERE), young(**ELSEWHERE, last_name="Inconnu")):
        answer = await s.client.post("/inscription/jeune", data=form_of(person))
        thanks = await s.client.get(answer.headers["location"])
        receipt = re.search(r'href="(/demande/[A-Za-z0-9_-]{43})"', thanks.text)
        assert receipt
        looked = await s.client.get(receipt[1])
        (registered,) = pick_events(MenteeRegistered, await take_events(s))
        own = await page_of(s, registered.request_id)
        pages = (thanks.text, looked.text, own)
        seen.append([re.sub(r"[A-Za-z0-9_-]{43}|[0-9a-f-]{36}", "#", page) for page in pages])
    assert seen[0] == seen[1]


async def test_the_button_on_the_known_page_settles_it(s: ServiceHarness) -> None:
    (registered, *_) = await send(s, "jeune", young())
    assert isinstance(registered, MenteeRegistered)
    events = await send(s, "jeune", young(slots=["sat_am"]))
    (again,) = pick_events(MenteeRegistered, events)
    path = path_of(s, "request", registered.request_id)
    page = await s.client.get(path)
    doubt = re.search(r'name="doubt" value="([0-9a-f-]{36})"', page.text)
    assert doubt
    assert await take_events(s) == [], "GET never acts"
    await s.client.get(path + f"?doubt={doubt[1]}")
    assert await s.pool.fetchval("SELECT outcome FROM doubts") is None
    assert (await s.client.post(path, data={"doubt": doubt[1]})).status_code == 303
    (withdrawn,) = pick_events(RequestWithdrawn, await take_events(s))
    assert (withdrawn.request_id, withdrawn.reason) == (again.request_id, "duplicate")
    assert (await contact(s, "mentee", registered.mentee_id)).email == young()["email"]
    assert "C’était moi" not in await page_of(s, registered.request_id)
    closed = await page_of(s, again.request_id)
    for word in ("déjà", "autre demande", "doublon"):
        assert word not in closed, "a stranger who guessed learns nothing"


async def test_the_newcomer_cannot_press_the_button(s: ServiceHarness) -> None:
    await send(s, "jeune", young())
    events = await send(s, "jeune", young(**ELSEWHERE))
    (again,) = pick_events(MenteeRegistered, events)
    doubt_id = await s.pool.fetchval("SELECT id FROM doubts")
    path = path_of(s, "request", again.request_id)
    assert "C’était moi" not in (await s.client.get(path)).text
    await s.client.post(path, data={"doubt": str(doubt_id)})
    await s.client.post(path, data={"doubt": "nonsense"})
    assert await s.pool.fetchval("SELECT outcome FROM doubts") is None
    assert await take_events(s) == []
    unknown = await s.client.post("/demande/" + "x" * 43, data={"doubt": str(doubt_id)})
    assert unknown.status_code == 410


async def test_the_association_in_charge_of_the_earlier_one_decides(s: ServiceHarness) -> None:
    await send(s, "jeune", young())
    events = await send(s, "jeune", young(**ELSEWHERE))
    (raised,) = pick_events(DoubtRaised, events)
    (again,) = pick_events(MenteeRegistered, events)
    assert raised.association == "tandem_avenir"
    events = await decide(s, "tandem_avenir", "different")
    (lifted,) = events
    assert isinstance(lifted, HoldLifted)
    assert (lifted.side, lifted.request_id) == ("mentee", again.request_id)
    assert await s.pool.fetchval("SELECT settled_by FROM doubts") == "camille@tandem_avenir"


async def test_the_same_person_is_closed_once_and_nothing_of_the_earlier_changes(
    s: ServiceHarness,
) -> None:
    (registered, *_) = await send(s, "jeune", young())
    assert isinstance(registered, MenteeRegistered)
    before = await page_of(s, registered.request_id)
    events = await send(s, "jeune", young(**ELSEWHERE))
    (again,) = pick_events(MenteeRegistered, events)
    (withdrawn,) = pick_events(RequestWithdrawn, await decide(s, "tandem_avenir", "same"))
    assert withdrawn.request_id == again.request_id
    assert await page_of(s, registered.request_id) == before
    assert (await contact(s, "mentee", registered.mentee_id)).email == young()["email"]


async def test_a_mentor_who_is_the_same_leaves(s: ServiceHarness) -> None:
    await send(s, "mentor", volunteer())
    events = await send(s, "mentor", volunteer(**ELSEWHERE))
    (newcomer,) = pick_events(MentorRegistered, events)
    (raised,) = pick_events(DoubtRaised, events)
    assert raised.association == HEAD, "nobody is in charge of the earlier one"
    (left,) = await decide(s, HEAD, "same")
    assert isinstance(left, MentorLeft)
    assert (left.mentor_id, left.reason) == (newcomer.mentor_id, "duplicate")
    assert "Cette inscription est close" in await page_of(s, newcomer.mentor_id)


async def test_the_owner_sees_its_own_person_and_of_the_other_which_fields_agree(
    s: ServiceHarness,
) -> None:
    (registered, *_) = await send(s, "jeune", young())
    assert isinstance(registered, MenteeRegistered)
    await send(s, "jeune", young(**ELSEWHERE))
    await sign_in(s, "tandem_avenir")
    doubt_id = await s.pool.fetchval("SELECT id FROM doubts")
    path = f"/associations/doublons/{doubt_id}"
    page = await s.client.get(path)
    assert "Marchandeau" not in page.text
    shown = await s.client.post(path + "/identite", data={"csrf": csrf(page.text)})
    assert "Marchandeau" in shown.text
    assert young()["email"] in shown.text
    assert ELSEWHERE["email"] not in shown.text
    row = await s.fetch_row("SELECT * FROM ledger WHERE reason = 'doubt'")
    assert row["actor"].startswith("association:tandem_avenir") or "@tandem_avenir" in row["actor"]
    assert row["person_id"] == registered.mentee_id


async def test_nobody_else_sees_or_decides(s: ServiceHarness) -> None:
    await send(s, "jeune", young())
    await send(s, "jeune", young(**ELSEWHERE))
    doubt_id = await s.pool.fetchval("SELECT id FROM doubts")
    path = f"/associations/doublons/{doubt_id}"
    s.client.cookies.clear()
    assert (await s.client.get(path)).status_code == 303
    assert (await s.client.post(path, data={"answer": "same"})).status_code == 303
    await sign_in(s, "pas_a_pas")
    assert str(doubt_id) not in (await s.client.get("/associations/doublons")).text
    assert (await s.client.get(path)).status_code == 404
    token = csrf((await s.client.get("/associations")).text)
    await s.client.post(path, data={"answer": "same", "csrf": token})
    assert (await s.client.post(path + "/identite", data={"csrf": token})).status_code == 404
    await sign_in(s, "tandem_avenir")
    assert (await s.client.post(path, data={"answer": "same"})).status_code == 403
    page = await s.client.get(path)
    unanswered = await s.client.post(path, data={"csrf": csrf(page.text)})
    assert unanswered.status_code == 422
    assert await s.pool.fetchval("SELECT outcome FROM doubts") is None


async def test_an_undecided_doubt_goes_to_the_head_with_a_new_deadline(s: ServiceHarness) -> None:
    await send(s, "jeune", young())
    events = await send(s, "jeune", young(**ELSEWHERE))
    (raised,) = pick_events(DoubtRaised, events)
    assert raised.due - s.clock.now().date() >= date(2026, 1, 6) - date(2026, 1, 1)
    for _ in range(2):
        s.clock.advance(days=8)
        await s.fire_due()
        (reminded,) = pick_events(DoubtRaised, await take_events(s))
        assert reminded.reminder
        assert reminded.association == HEAD
        assert reminded.due > raised.due
        assert await s.pool.fetchval("SELECT outcome FROM doubts") is None
    events = await decide(s, HEAD, "different")
    assert len(pick_events(HoldLifted, events)) == 1
    s.clock.advance(days=30)
    await s.fire_due()
    assert pick_events(DoubtRaised, await take_events(s)) == []


async def test_a_third_registration_is_compared_with_both_before(s: ServiceHarness) -> None:
    await send(s, "jeune", young())
    (first, *_) = await send(s, "jeune", young(**ELSEWHERE))
    assert isinstance(first, MenteeRegistered)
    events = await send(s, "jeune", young(email="troisieme@exemple.fr"))
    person_ids = {event.person_id for event in pick_events(RegistrationRepeated, events)}
    assert len(person_ids) == 2, "who is known, and whoever waits: a stranger cannot tell which"
    assert first.mentee_id in person_ids
    assert await s.pool.fetchval("SELECT count(*) FROM persons WHERE held") == 2
    assert await s.pool.fetchval("SELECT count(*) FROM doubts") == 3
    events = await decide_all(s, "different")
    assert len(pick_events(HoldLifted, events)) == 2
    assert await s.pool.fetchval("SELECT count(*) FROM persons WHERE held") == 0


async def test_of_three_who_are_one_the_first_goes_on(s: ServiceHarness) -> None:
    (registered, *_) = await send(s, "jeune", young())
    assert isinstance(registered, MenteeRegistered)
    await send(s, "jeune", young(**ELSEWHERE))
    await send(s, "jeune", young(email="troisieme@exemple.fr"))
    events = await decide_all(s, "same")
    assert len(pick_events(RequestWithdrawn, events)) == 2
    assert pick_events(HoldLifted, events) == []
    open_ones = "SELECT id FROM requests WHERE closed_at IS NULL"
    assert [row["id"] for row in await s.pool.fetch(open_ones)] == [registered.request_id]


async def decide_all(s: ServiceHarness, answer: str) -> list[Event]:
    events = []
    next_open = "SELECT id, association FROM doubts WHERE outcome IS NULL ORDER BY raised_at, id"
    while row := await s.pool.fetchrow(next_open):
        await sign_in(s, row["association"])
        path = f"/associations/doublons/{row['id']}"
        token = csrf((await s.client.get(path)).text)
        await s.client.post(path, data={"csrf": token, "answer": answer})
        events += await take_events(s)
    return events


async def test_who_comes_back_after_the_end_goes_on_under_the_new_request(
    s: ServiceHarness,
) -> None:
    (registered, *_) = await send(s, "jeune", young())
    assert isinstance(registered, MenteeRegistered)
    await s.pool.execute("UPDATE requests SET state = 'ended', closed_at = now()")
    events = await send(s, "jeune", young())
    (again,) = pick_events(MenteeRegistered, events)
    path = path_of(s, "request", registered.request_id)
    doubt_id = await s.pool.fetchval("SELECT id FROM doubts")
    await s.client.post(path, data={"doubt": str(doubt_id)})
    (lifted,) = await take_events(s)
    assert isinstance(lifted, HoldLifted)
    assert lifted.request_id == again.request_id


@pytest.mark.parametrize("first", ["jeune", "mentor"])
async def test_a_student_registered_on_both_sides_is_kept_apart_from_herself(
    s: ServiceHarness, first: str
) -> None:
    student = {"first_name": "Inès", "last_name": "Marchandeau", "born": "2003-05-17"}
    doors = [("jeune", young(**student)), ("mentor", volunteer(**student))]
    events = []
    for who, person in doors if first == "jeune" else reversed(doors):
        events += await send(s, who, person)
    (mentor,) = pick_events(MentorRegistered, events)
    (request,) = pick_events(RequestConfirmed, events)
    assert not mentor.held
    if first == "jeune":
        assert mentor.apart_from == (request.mentee_id,)
    else:
        assert request.apart_from == (mentor.mentor_id,)


async def test_a_guardian_who_is_a_mentor_is_kept_apart_from_the_child(s: ServiceHarness) -> None:
    guardian = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}
    child = young(**BY_HAND | guardian | {"born": "2009-05-17"})
    await send(s, "jeune", child)
    (mentor,) = await send(s, "mentor", volunteer(email="Maud+mentor@exemple.fr"))
    assert isinstance(mentor, MentorRegistered)
    assert mentor.apart_from == (await s.pool.fetchval("SELECT mentee_id FROM requests"),)


async def test_a_partner_learns_of_nobody(s: ServiceHarness, partner: str) -> None:
    await send(s, "jeune", young())
    first = await register(s, {"kind": "mentee", **young(**ELSEWHERE)})
    unknown = await register(s, {"kind": "mentee", **young(**ELSEWHERE, last_name="Inconnu")})
    assert first.status_code == unknown.status_code == 202
    assert first.json().keys() == unknown.json().keys()
    await s.deliver("partner.lycees.mentee.registered", json.dumps(young()).encode())
    assert [row for row in await s.read_outbox() if row["exchange"] != "binome.events"] == []
    assert await s.pool.fetchval("SELECT count(*) FROM refusals") == 0


async def test_a_partner_is_believed_about_its_own_reference(
    s: ServiceHarness, partner: str
) -> None:
    person = {"kind": "mentee", "reference": "dossier-12", **young()}
    first = await register(s, person)
    again = await register(s, person | {"email": "nouvelle@exemple.fr", "first_name": "Ines"})
    assert again.status_code == 202
    assert again.json() == first.json()
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 1
    mentee_id = await s.pool.fetchval("SELECT id FROM persons")
    assert (await contact(s, "mentee", mentee_id)).email == young()["email"]


async def test_a_reference_used_for_somebody_else_proves_nothing(
    s: ServiceHarness, partner: str
) -> None:
    person = {"kind": "mentee", "reference": "dossier-12", **young()}
    first = await register(s, person)
    other = await register(s, person | {"first_name": "Zoé", "born": "2008-02-03"})
    assert other.json()["request_id"] != first.json()["request_id"]


async def test_another_partners_reference_proves_nothing(s: ServiceHarness, partner: str) -> None:
    person = {"reference": "dossier-12", **young()}
    first = await register(s, {"kind": "mentee", **person})
    await s.pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ('autre', 'x', now())"
    )
    await s.deliver("partner.autre.mentee.registered", json.dumps(person).encode())
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 2
    assert first.status_code == 202


async def test_a_reference_decided_to_be_somebody_elses_double_opens_nothing(
    s: ServiceHarness, partner: str
) -> None:
    (registered, *_) = await send(s, "jeune", young())
    assert isinstance(registered, MenteeRegistered)
    person = {"kind": "mentee", "reference": "dossier-12", **young(**ELSEWHERE)}
    first = await register(s, person)
    await take_events(s)
    await decide(s, "tandem_avenir", "same")
    again = await register(s, person)
    assert again.json() == first.json()
    assert again.json()["request_id"] != str(registered.request_id)


async def test_a_changed_mentor_is_kept_beside_the_first(s: ServiceHarness, partner: str) -> None:
    first, again, by_partner = json.loads(
        (CASES / "changed_mentor.json").read_text(encoding="utf-8")
    )
    for person in (first, again):
        await send(s, "mentor", {k: v for k, v in person.items() if k != "kind"})
    answer = await register(s, by_partner)
    assert answer.status_code == 202
    (registered, *_) = pick_events(MentorRegistered, await take_events(s))
    assert registered.held
    kept = [row["criteria"]["department"] for row in await s.pool.fetch("SELECT * FROM mentors")]
    assert sorted(kept) == ["69", "69", "75"]
    assert await s.pool.fetchval("SELECT count(*) FROM doubts WHERE outcome IS NULL") == 3
    page = await page_of(s, await s.pool.fetchval("SELECT id FROM persons ORDER BY arrival"))
    assert "C’était moi" in page


async def test_a_second_registration_leaves_no_task_and_no_birthday(
    s: ServiceHarness, partner: str
) -> None:
    child = young(born="2010-03-04")
    await register(s, {"kind": "mentee", **child})
    first = pick_events(MenteeRegistered, await take_events(s))[0]
    second = pick_events(MenteeRegistered, await send(s, "jeune", {**child, **ELSEWHERE}))[0]
    await decide(s, HEAD, "same")
    open_for = await s.pool.fetch("SELECT subject FROM guardian_checks WHERE settled_at IS NULL")
    assert [row["subject"] for row in open_for] == [first.request_id]
    s.clock.advance(days=800)
    await s.fire_due()
    events = await take_events(s)
    assert {event.person_id for event in pick_events(BirthdayReached, events)} == {first.mentee_id}
    asked = {event.subject_id for event in pick_events(ConfirmationAsked, events)}
    assert second.request_id not in asked


async def test_nobody_is_asked_about_the_clearance_of_a_second_registration(
    s: ServiceHarness, partner: str
) -> None:
    await send(s, "mentor", volunteer())
    again = volunteer(cleared="2026-12-31", **ELSEWHERE)
    await register(s, {"kind": "mentor", **again})
    events = await take_events(s)
    newcomer = pick_events(MentorRegistered, events)[0].mentor_id
    asked = {event.mentor_id for event in pick_events(ClearanceAsked, events)}
    assert newcomer in asked, "a yes without a reference is a claim"
    await decide(s, HEAD, "same")
    for _ in range(3):
        s.clock.advance(days=10)
        await s.fire_due()
    asked = {event.mentor_id for event in pick_events(ClearanceAsked, await take_events(s))}
    assert newcomer not in asked
