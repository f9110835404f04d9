"""Two registrations that may be one person: both are kept, and nothing of either changes."""

import json
import re

import pytest

from shared.contracts.events import (
    DoubtRaised,
    MenteeRegistered,
    MentorRegistered,
    RegistrationRepeated,
    RequestConfirmed,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import BY_HAND, path_of, register
from tests.integration.registration.doubts import (
    CASES,
    ELSEWHERE,
    contact,
    page_of,
    send,
    take_events,
)
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young


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
