"""A doubt is decided by the association in charge, else by the head of the network."""

from datetime import date

from shared.contracts.events import (
    BirthdayReached,
    ClearanceAsked,
    ConfirmationAsked,
    DoubtRaised,
    Event,
    HoldLifted,
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    RegistrationRepeated,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import csrf, path_of, register, sign_in
from tests.integration.registration.doubts import (
    ELSEWHERE,
    HEAD,
    contact,
    decide,
    page_of,
    send,
    take_events,
)
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young


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
