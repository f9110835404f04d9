"""Each event becomes its messages: done, repeated, refused by a rule."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts import events
from shared.contracts.events import Event
from tests.integration.notification.notification_driver import NotificationDriver
from tests.support.mails import body_of

REQUEST, MENTEE, MENTOR, PAIR, THING = (uuid4() for _ in range(5))
ASSOCIATION = "tandem_avenir"
PEOPLE: dict[str, Any] = {"request_id": REQUEST, "mentee_id": MENTEE, "mentor_id": MENTOR}
CRITERIA: dict[str, Any] = {"slots": ["wed_pm"], "department": "75"}


def checkin(kind: Any, side: Any, person: UUID) -> Event:
    return events.CheckInAsked(
        checkin_id=THING,
        engagement_id=uuid4(),
        pair_id=PAIR,
        kind=kind,
        side=side,
        person_id=person,
    )


def cases(now: Any) -> dict[str, tuple[Event, set[tuple[str, str, str, UUID]]]]:
    mentee, mentor = str(MENTEE), str(MENTOR)
    wants = events.MenteeCriteria(needs=("job",), level="lycee", **CRITERIA)
    offers = events.MentorCriteria(offers=("job",), levels=("lycee",), **CRITERIA)
    return {
        "mentee": (
            events.MenteeRegistered(
                request_id=REQUEST, mentee_id=MENTEE, door="page", registered_at=now
            ),
            {("mentee_registered", "mentee", mentee, REQUEST)},
        ),
        "mentor": (
            events.MentorRegistered(
                mentor_id=MENTOR, door="api", criteria=offers, registered_at=now
            ),
            {("mentor_registered", "mentor", mentor, MENTOR)},
        ),
        "again": (
            events.RegistrationRepeated(person_id=MENTEE, side="mentee", request_id=REQUEST),
            {("registration_repeated", "mentee", mentee, REQUEST)},
        ),
        "consent": (
            events.ConsentAsked(request_id=REQUEST, mentee_id=MENTEE),
            {("consent_asked", "guardian", mentee, REQUEST)},
        ),
        "routed": (
            events.RequestRouted(
                request_id=REQUEST, association=ASSOCIATION, by_hand=True,
                routed_on=now.date(), answer_by=now + timedelta(days=4),
            ),
            {("request_routed", "coordinator", ASSOCIATION, REQUEST)},
        ),
        "contact": (
            events.ContactChanged(
                change_id=THING, person_id=MENTOR, recipient="mentor", effective_at=now, waits=True
            ),
            {("contact_changed", "mentor", str(THING), THING)},
        ),
        "birth_date": (
            events.BirthDateCorrected(person_id=MENTEE, side="mentee", subject_id=REQUEST),
            {("birth_date_corrected", "mentee", mentee, REQUEST)},
        ),
        "doubt": (
            events.DoubtRaised(doubt_id=THING, association=ASSOCIATION, due=now.date()),
            {("doubt_raised", "coordinator", ASSOCIATION, THING)},
        ),
        "confirmed": (
            events.RequestConfirmed(
                request_id=REQUEST, mentee_id=MENTEE, association=ASSOCIATION,
                criteria=wants, since=now,
            ),
            {("request_confirmed", "mentee", mentee, REQUEST)},
        ),
        "signin": (
            events.SignInAsked(signin_id=THING, association=ASSOCIATION, user_id=REQUEST),
            {("signin_link", "coordinator", str(REQUEST), THING)},
        ),
        "pair": (
            events.PairConfirmed(pair_id=PAIR, association=ASSOCIATION, **PEOPLE),
            {("pair_introduced_mentor", "mentor", mentor, PAIR)},
        ),
        "not introduced": (
            events.PairUndone(
                pair_id=THING, association=ASSOCIATION, **PEOPLE, reason="not_introduced",
                tell=("mentee",),
            ),
            {("pair_undone", "mentee", mentee, THING)},
        ),
        "asked": (
            events.AnswerAsked(
                answer_id=THING, pair_id=PAIR, association=ASSOCIATION, side="mentor",
                person_id=MENTOR, last_day=now.date(),
            ),
            {("proposition_asked", "mentor", mentor, THING)},
        ),
        "reminded": (
            events.AnswerAsked(
                answer_id=THING, pair_id=PAIR, association=ASSOCIATION, side="mentee",
                person_id=MENTEE, last_day=now.date(), reminder=True,
            ),
            {("proposition_reminder", "mentee", mentee, THING)},
        ),
        "released": (
            events.PairReleased(
                pair_id=PAIR, association=ASSOCIATION, reason="declined", accepted_by="mentor",
                **PEOPLE,
            ),
            {("proposition_over", "mentor", mentor, PAIR)},
        ),
        "undone": (
            events.PairUndone(
                pair_id=PAIR, association=ASSOCIATION, reason="withdrawn", accepted_by="mentor",
                **PEOPLE,
            ),
            {("proposition_over", "mentor", mentor, PAIR)},
        ),
        "withdrawn": (
            events.RequestWithdrawn(
                request_id=REQUEST, mentee_id=MENTEE, association=ASSOCIATION,
                reason="consent_withdrawn",
            ),
            {
                ("request_withdrawn", "coordinator", ASSOCIATION, REQUEST),
                ("consent_withdrawn", "guardian", mentee, REQUEST),
                ("request_stopped", "mentee", mentee, REQUEST),
            },
        ),
        "first meeting": (
            checkin("first_meeting", "mentor", MENTOR),
            {("checkin_first_meeting", "mentor", mentor, THING)},
        ),
        "month 1": (
            checkin("month_1", "mentee", MENTEE),
            {("checkin_month", "mentee", mentee, THING)},
        ),
        "month 3": (
            checkin("month_3", "mentee", MENTEE),
            {("checkin_renewal", "mentee", mentee, THING)},
        ),
        "alert": (
            events.AlertRaised(alert_id=THING, association=ASSOCIATION, reason="silent"),
            {("alert_raised", "coordinator", ASSOCIATION, THING)},
        ),
        "renewed": (
            events.EngagementRenewed(engagement_id=THING, pair_id=PAIR, term=2, **PEOPLE),
            {
                ("engagement_renewed", "mentee", mentee, THING),
                ("engagement_renewed", "mentor", mentor, THING),
            },
        ),
        "ended": (
            events.EngagementEnded(engagement_id=THING, pair_id=PAIR, reason="silent", **PEOPLE),
            {
                ("engagement_ended", "mentee", mentee, THING),
                ("engagement_ended", "mentor", mentor, THING),
            },
        ),
    }  # fmt: skip


async def read_queued(driver: NotificationDriver) -> set[tuple[str, str, str, UUID]]:
    rows = await driver.harness.pool.fetch(
        "SELECT template, recipient, person, concerns FROM messages"
    )
    return {tuple(row) for row in rows}


@pytest.mark.parametrize(
    "name",
    ["mentee", "mentor", "again", "consent", "routed", "confirmed", "signin", "pair",
     "asked", "reminded", "released", "undone", "withdrawn",
     "first meeting", "month 1", "month 3", "alert", "renewed", "ended"],
)  # fmt: skip
async def test_an_event_becomes_its_messages_once(driver: NotificationDriver, name: str) -> None:
    event, expected = cases(driver.harness.clock.now())[name]
    await driver.deliver(event)
    assert await read_queued(driver) == expected
    await driver.deliver(event, event)  # new deliveries of handled events
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM messages") == len(expected)


async def test_whoever_answered_yes_in_vain_is_informed_and_nobody_else(
    driver: NotificationDriver,
) -> None:
    event, _ = cases(driver.harness.clock.now())["released"]
    await driver.deliver(event.model_copy(update={"accepted_by": None, "reason": "unanswered"}))
    assert await read_queued(driver) == set()
    await driver.deliver(event.model_copy(update={"accepted_by": "mentee"}))
    assert await read_queued(driver) == {("proposition_over", "mentee", str(MENTEE), PAIR)}


async def test_a_reminder_is_another_message_with_the_same_link(driver: NotificationDriver) -> None:
    event, _ = cases(driver.harness.clock.now())["asked"]
    await driver.deliver(event, event.model_copy(update={"reminder": True}))
    driver.registration.knows("mentor", MENTOR, first_name="Karim", email="karim@exemple.example")
    await driver.send()
    first, second = driver.mail.to("karim@exemple.example")
    link = driver.harness.runtime.links.url("proposition", THING)
    for mail in (first, second):
        assert link in body_of(mail)
    assert {asked.recipient for asked in driver.registration.asked} == {"mentor"}, (
        "of one side only"
    )


async def test_the_same_delivery_is_ignored_by_its_receipt(driver: NotificationDriver) -> None:
    event, _ = cases(driver.harness.clock.now())["mentee"]
    delivery = uuid4()
    assert await driver.harness.handle(event, delivery)
    assert not await driver.harness.handle(event, delivery)


async def test_an_association_that_takes_charge_by_itself_gets_no_mail(
    driver: NotificationDriver,
) -> None:
    event, _ = cases(driver.harness.clock.now())["routed"]
    await driver.deliver(event.model_copy(update={"by_hand": False}))
    assert await read_queued(driver) == set()


async def test_an_association_gets_one_mail_a_day_whatever_is_routed_to_it(
    driver: NotificationDriver,
) -> None:
    event, _ = cases(driver.harness.clock.now())["routed"]
    for day in (10, 10, 10, 11):
        changes = {"request_id": uuid4(), "routed_on": date(2026, 1, day)}
        await driver.deliver(event.model_copy(update=changes))
    other = {"request_id": uuid4(), "association": "passerelle_idf"}
    await driver.deliver(event.model_copy(update=other))
    assert len(await read_queued(driver)) == 3


async def test_a_form_sent_a_hundred_times_makes_one_mail_a_day(driver: NotificationDriver) -> None:
    event, _ = cases(driver.harness.clock.now())["again"]
    await driver.deliver(*[event] * 20)
    driver.harness.clock.advance(days=1)
    await driver.deliver(*[event] * 20)
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM messages") == 2


async def test_a_second_term_is_another_message(driver: NotificationDriver) -> None:
    event, _ = cases(driver.harness.clock.now())["renewed"]
    await driver.deliver(event, event.model_copy(update={"term": 3}))
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM messages") == 4


async def test_another_association_that_takes_charge_is_presented_too(
    driver: NotificationDriver,
) -> None:
    event, _ = cases(driver.harness.clock.now())["confirmed"]
    await driver.deliver(event, event.model_copy(update={"association": "passerelle_idf"}))
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM messages") == 2


async def test_neither_name_nor_address_is_kept(driver: NotificationDriver) -> None:
    stopping = (events.PairUndone, events.PairReleased, events.RequestWithdrawn)
    every_event = [event for event, _ in cases(driver.harness.clock.now()).values()]
    for event in (event for event in every_event if not isinstance(event, stopping)):
        await driver.deliver(event)
    for recipient, person in (("mentee", MENTEE), ("mentor", MENTOR), ("guardian", MENTEE)):
        driver.registration.knows(
            recipient, person, first_name="Clémentine", email="clem@exemple.example",
            phone="+33639980077",
        )  # fmt: skip
    await driver.send()
    for event in (event for event in every_event if isinstance(event, stopping)):
        await driver.deliver(event)  # afterwards nothing is sent about what was stopped
    await driver.send()
    assert len(driver.mail.to("clem@exemple.example")) == 22
    tables = ("messages", "introductions", "outbox")
    for table in tables:
        kept = await driver.harness.pool.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t")
        for personal in ("Clémentine", "clem@", "+33639980077", "http"):
            assert personal not in (kept or "")
