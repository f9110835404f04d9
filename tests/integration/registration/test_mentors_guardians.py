"""A mentor of 16 or 17 meets nobody before the guardian is informed, or consents where required;
a guardian whom no message reaches is a task with an owner and a deadline."""

from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.events import (
    BirthdayReached,
    ConfirmationAsked,
    ConsentAsked,
    ConsentGiven,
    Event,
    GuardianNamed,
    HoldLifted,
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    MessageFailed,
    MessageSent,
    PersonErased,
    RequestRouted,
)
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from tests.integration.owners import count_unowned, lose_timers
from tests.integration.registration.conftest import DECLARED, csrf, path_of, register, sign_in
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

HTML = {"accept": "text/html"}
PARENT = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}
LYCEEN = {"kind": "mentor", **volunteer(born="2008-09-01"), "association": "tandem_avenir"}
CHILD = {"kind": "mentee", **young(born="2013-03-04", **PARENT)}
PUPIL = {"kind": "mentee", **young(born="2009-05-17", **PARENT)}
OURS = "tandem_avenir"


async def come(s: ServiceHarness, body: dict[str, Any]) -> list[Event]:
    assert (await register(s, body)).status_code == 202
    return await s.take_events()


async def days(s: ServiceHarness, number: int) -> list[Event]:
    """One day after the other, as the clock would."""
    events = []
    for _ in range(number):
        s.clock.advance(days=1)
        await s.fire_due()
        events += await s.take_events()
    return events


Report = TypeVar("Report", MessageSent, MessageFailed)


def message(kind: type[Report], template: str, subject: UUID, person: UUID, **more: Any) -> Report:
    about = {"message_id": uuid4(), "template": template, "person": str(person)}
    to = {"channel": "mail", "recipient": "guardian", "concerns": subject}
    return kind.model_validate(about | to | more)


def refusal_of(template: str, subject: UUID, person: UUID) -> MessageFailed:
    dead = {"state": "permanent-failure", "bounced": ("mail",)}
    return message(MessageFailed, template, subject, person, **dead)


async def see_to(
    s: ServiceHarness, path: str, how: str = "call", act: str = "parent", association: str = OURS
) -> tuple[httpx.Response, list[Event]]:
    await sign_in(s, association)
    page = (await s.client.get(path, headers=HTML)).text
    answer = await s.client.post(f"{path}/{act}", data={"csrf": csrf(page), "how": how})
    return answer, await s.take_events()


async def test_a_guardian_who_is_told_lets_the_mentor_in(s: ServiceHarness, partner: str) -> None:
    events = await come(s, LYCEEN | PARENT)
    (registered,) = pick_events(MentorRegistered, events)
    assert registered.held
    assert registered.awaits_guardian
    assert pick_events(GuardianNamed, events)
    assert not pick_events(ConfirmationAsked, events), "our message does it: nobody is bothered"
    mentor = registered.mentor_id
    page = (await s.client.get(path_of(s, "request", mentor), headers=HTML)).text
    assert "Votre parent d’abord" in page
    await s.handle(message(MessageSent, "guardian_informed", mentor, mentor))
    (lifted,) = await s.take_events()
    assert lifted == HoldLifted(
        side="mentor", person_id=mentor, request_id=mentor, changed_at=s.clock.now()
    )
    assert await days(s, 20) == []
    assert await count_unowned(s) == {}


@pytest.mark.parametrize("reached", ["no contact", "bounced"])
async def test_an_unreachable_guardian_is_a_task_that_refuses_nobody(
    s: ServiceHarness, partner: str, reached: str
) -> None:
    events = await come(s, LYCEEN | (PARENT if reached == "bounced" else {}))
    mentor = pick_events(MentorRegistered, events)[0].mentor_id
    if reached == "bounced":
        await s.handle(refusal_of("guardian_informed", mentor, mentor))
        events = await s.take_events()
    (task,) = pick_events(ConfirmationAsked, events)
    assert (task.kind, task.side, task.association) == ("inform", "mentor", OURS)
    assert await count_unowned(s) == {}
    await sign_in(s, OURS)
    path = f"/associations/mentors/{mentor}"
    assert path in (await s.client.get("/associations", headers=HTML)).text
    assert (await see_to(s, path, "somehow"))[0].status_code == 422
    answer, events = await see_to(s, path)
    assert answer.status_code == 303
    assert pick_events(HoldLifted, events)[0].request_id == mentor


async def test_the_owner_sees_whom_to_call_and_each_look_is_noted(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, LYCEEN | PARENT)
    mentor = pick_events(MentorRegistered, events)[0].mentor_id
    await s.handle(refusal_of("guardian_informed", mentor, mentor))
    await sign_in(s, OURS)
    path = f"/associations/mentors/{mentor}"
    page = (await s.client.get(path, headers=HTML)).text
    assert "maud@exemple.fr" not in page
    shown = await s.client.post(path + "/identite", data={"csrf": csrf(page)})
    assert "maud@exemple.fr" in shown.text
    assert await s.pool.fetchval("SELECT count(*) FROM ledger WHERE reason = 'clearance'") == 1


@pytest.mark.usefixtures("consent_until_18")
async def test_where_a_programme_asks_the_mentor_waits_for_consent(
    s: ServiceHarness, partner: str
) -> None:
    events = await come(s, LYCEEN | PARENT)
    (registered,), (question,) = (
        pick_events(MentorRegistered, events),
        pick_events(ConsentAsked, events),
    )
    mentor = registered.mentor_id
    assert registered.held
    assert (question.side, question.request_id, question.minority) == ("mentor", mentor, "under_18")
    path = path_of(s, "consent", mentor)
    assert "aimerait devenir mentor" in (await s.client.get(path, headers=HTML)).text
    reminded = pick_events(ConsentAsked, await days(s, 10))
    assert [one.reminder for one in reminded] == [1, 2]
    assert await count_unowned(s) == {}
    assert (await s.client.post(path, data=DECLARED)).status_code == 200
    events = await s.take_events()
    assert pick_events(ConsentGiven, events)[0].side == "mentor"
    assert pick_events(HoldLifted, events)
    assert (await s.client.get(path, headers=HTML)).status_code == 410
    assert await days(s, 120) == []


@pytest.mark.usefixtures("consent_until_18")
async def test_a_no_erases_the_mentor_and_so_does_silence(s: ServiceHarness, partner: str) -> None:
    for answer in ("no", "silence"):
        body = LYCEEN | PARENT | {"email": f"{answer}@exemple.fr", "first_name": answer.title()}
        mentor = pick_events(MentorRegistered, await come(s, body))[0].mentor_id
        if answer == "no":
            await s.client.post(path_of(s, "consent", mentor) + "/refus")
            events = await s.take_events()
        else:
            events = await days(s, 91)
        assert [event.person_id for event in pick_events(PersonErased, events)] == [mentor]
        assert not pick_events(HoldLifted, events)


@pytest.mark.usefixtures("consent_until_18")
@pytest.mark.parametrize("reached", ["no contact", "bounced"])
async def test_consent_that_no_message_reaches_is_obtained_by_the_association(
    s: ServiceHarness, partner: str, reached: str
) -> None:
    events = await come(s, LYCEEN | (PARENT if reached == "bounced" else {}))
    mentor = pick_events(MentorRegistered, events)[0].mentor_id
    if reached == "bounced":
        await s.handle(refusal_of("consent_asked", mentor, mentor))
        events = await s.take_events()
    (task,) = pick_events(ConfirmationAsked, events)
    assert (task.kind, task.association) == ("consent", OURS)
    assert not pick_events(HoldLifted, events)
    _, events = await see_to(s, f"/associations/mentors/{mentor}", "letter")
    assert pick_events(HoldLifted, events)
    assert pick_events(PersonErased, await days(s, 100)) == []


async def test_past_its_deadline_the_networks_head_has_the_task(
    s: ServiceHarness, partner: str
) -> None:
    await come(s, LYCEEN)
    tasks = pick_events(ConfirmationAsked, await days(s, 6))
    assert [(task.association, task.reminder) for task in tasks] == [
        (OURS, True),
        (NETWORK_HEAD, False),
    ]
    assert await count_unowned(s) == {}
    await lose_timers(s)
    assert (await count_unowned(s))["guardian_checks"] == 1


async def test_the_guardian_says_no_to_the_association(s: ServiceHarness, partner: str) -> None:
    mentor = pick_events(MentorRegistered, await come(s, LYCEEN))[0].mentor_id
    _, events = await see_to(s, f"/associations/mentors/{mentor}", act="parent/opposition")
    assert pick_events(MentorLeft, events)
    assert await days(s, 20) == []
    assert await count_unowned(s) == {}


async def test_another_association_sees_to_nothing(s: ServiceHarness, partner: str) -> None:
    mentor = pick_events(MentorRegistered, await come(s, LYCEEN))[0].mentor_id
    await sign_in(s, "passerelle_idf")
    page = (await s.client.get("/associations", headers=HTML)).text
    form = {"csrf": csrf(page), "how": "call"}
    for act in ("parent", "parent/opposition"):
        answer = await s.client.post(f"/associations/mentors/{mentor}/{act}", data=form)
        assert answer.status_code == 404
    events = await s.take_events()
    assert pick_events(HoldLifted, events) + pick_events(MentorLeft, events) == []


async def test_at_18_a_mentor_waits_for_nobody(s: ServiceHarness, partner: str) -> None:
    events = await come(s, LYCEEN | {"born": "2008-01-12"})
    mentor = pick_events(MentorRegistered, events)[0].mentor_id
    events = await days(s, 2)
    assert pick_events(BirthdayReached, events)
    assert pick_events(HoldLifted, events)[0].request_id == mentor


async def test_a_childs_guardian_whom_no_message_reaches_is_a_task(
    s: ServiceHarness, partner: str
) -> None:
    registered = (await come(s, CHILD))[0]
    assert isinstance(registered, MenteeRegistered)
    request = registered.request_id
    await s.handle(refusal_of("consent_asked", request, registered.mentee_id))
    (task,) = await s.take_events()
    assert isinstance(task, ConfirmationAsked)
    assert (task.kind, task.side, task.association) == ("consent", "mentee", NETWORK_HEAD)
    assert await count_unowned(s) == {}
    answer, events = await see_to(
        s, f"/associations/demandes/{request}", "letter", association=NETWORK_HEAD
    )
    assert answer.status_code == 303
    assert pick_events(RequestRouted, events), "with consent the request goes on its way"
    assert pick_events(PersonErased, await days(s, 100)) == []


async def test_a_guardian_who_was_told_once_and_is_lost_later_is_a_task_too(
    s: ServiceHarness, partner: str
) -> None:
    registered = (await come(s, PUPIL))[0]
    assert isinstance(registered, MenteeRegistered)
    request, person = registered.request_id, registered.mentee_id
    await s.handle(message(MessageSent, "guardian_informed", request, person))
    await s.take_events()
    for _ in range(2):
        await s.handle(refusal_of("minor_introduced", uuid4(), person))
    tasks = pick_events(ConfirmationAsked, await s.take_events())
    assert {(task.kind, task.association) for task in tasks} == {("inform", OURS)}
    assert await s.pool.fetchval("SELECT state FROM requests") == "confirmed"
    assert await count_unowned(s) == {}
    await see_to(s, f"/associations/demandes/{request}")
    assert await days(s, 20) == []
