"""Nothing is sent about a stopped request: queued messages are dropped, later events ignored."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts import events
from tests.integration.notification.notification_driver import NotificationDriver
from tests.integration.notification.test_events import (
    ASSOCIATION,
    CRITERIA,
    MENTEE,
    MENTOR,
    PAIR,
    PEOPLE,
    REQUEST,
)
from tests.support.mails import body_of

PAIRED = events.PairConfirmed(pair_id=PAIR, association=ASSOCIATION, **PEOPLE)
WITHDRAWN = events.RequestWithdrawn(
    request_id=REQUEST, mentee_id=MENTEE, association=ASSOCIATION, reason="consent_withdrawn"
)
UNDONE = events.PairUndone(pair_id=PAIR, association=ASSOCIATION, reason="withdrawn", **PEOPLE)
NOTICES = {"request_withdrawn", "consent_withdrawn", "request_stopped"}


def check_in(side: Any, person: UUID) -> events.CheckInAsked:
    return events.CheckInAsked(
        checkin_id=uuid4(), engagement_id=uuid4(), pair_id=PAIR, kind="month_1",
        side=side, person_id=person,
    )  # fmt: skip


@pytest.fixture
def contacts(driver: NotificationDriver) -> None:
    driver.registration.knows("mentee", MENTEE, first_name="Inès", email="ines@exemple.example")
    driver.registration.knows("mentor", MENTOR, first_name="Karim", email="karim@exemple.example")
    driver.registration.knows("guardian", MENTEE, first_name="Maud", email="maud@exemple.example")
    driver.registration.knows("coordinator", ASSOCIATION, email="coordination@exemple.example")


async def templates(driver: NotificationDriver, state: str) -> set[str]:
    rows = await driver.harness.pool.fetch("SELECT template FROM messages WHERE state = $1", state)
    return {row["template"] for row in rows}


async def test_what_had_not_left_does_not_leave(driver: NotificationDriver, contacts: None) -> None:
    registered = events.MenteeRegistered(
        request_id=REQUEST, mentee_id=MENTEE, door="page", registered_at=driver.harness.clock.now()
    )
    await driver.deliver(registered, PAIRED, check_in("mentor", MENTOR), WITHDRAWN, UNDONE)
    await driver.send()
    assert await templates(driver, "delivered") == NOTICES
    assert await templates(driver, "cancelled") == {
        "mentee_registered",
        "pair_introduced_mentor",
        "checkin_month",
    }
    assert driver.mail.to("karim@exemple.example") == [], "the mentor knew nothing of it"


async def test_a_message_in_hand_that_was_not_given_away_is_kept_back(
    driver: NotificationDriver, contacts: None
) -> None:
    await driver.deliver(PAIRED)
    for message in await driver.claim():
        await driver.deliver(WITHDRAWN)
        await driver.dispatch(message)
    assert driver.mail.to("karim@exemple.example") == []
    assert "pair_introduced_mentor" in await templates(driver, "cancelled")


async def test_late_events_send_nothing(driver: NotificationDriver, contacts: None) -> None:
    wants = events.MenteeCriteria(needs=("job",), level="lycee", **CRITERIA)
    confirmed = events.RequestConfirmed(
        request_id=REQUEST, mentee_id=MENTEE, association=ASSOCIATION, criteria=wants,
        since=driver.harness.clock.now(),
    )  # fmt: skip
    await driver.deliver(WITHDRAWN, confirmed, PAIRED, UNDONE, check_in("mentee", MENTEE))
    await driver.send()
    assert await templates(driver, "delivered") == NOTICES
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM messages") == len(NOTICES)
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM introductions") == 0


@pytest.mark.parametrize("first", [WITHDRAWN, UNDONE])
async def test_a_mentor_who_was_introduced_is_asked_to_stop_once(
    driver: NotificationDriver, contacts: None, first: events.Event
) -> None:
    await driver.deliver(PAIRED)
    await driver.send()
    await driver.deliver(first, WITHDRAWN, UNDONE, UNDONE)
    await driver.send()
    _, message = driver.mail.to("karim@exemple.example")
    words = body_of(message)
    assert "Merci de ne plus écrire ni téléphoner" in words
    for phrase in ("parent", "accord", "retiré", "Inès"):
        assert phrase not in words, "the mentor is informed in neutral words"


async def test_a_pair_that_is_stopped_between_its_two_messages_is_not_introduced(
    driver: NotificationDriver, contacts: None
) -> None:
    await driver.deliver(PAIRED)
    (mentor,) = await driver.claim()
    await driver.dispatch(mentor)
    (mentee,) = await driver.claim()
    await driver.deliver(WITHDRAWN, UNDONE)
    await driver.dispatch(mentee)
    introduced = [
        x for x in await driver.harness.take_events() if isinstance(x, events.PairIntroduced)
    ]
    assert introduced == []
    assert "contact_ended" in await templates(driver, "created")


@pytest.mark.parametrize("undone_first", [True, False])
async def test_the_other_side_is_informed_that_a_mentor_left_in_either_order(
    driver: NotificationDriver, contacts: None, undone_first: bool
) -> None:
    """Matching undoes the pair; follow-up ends the engagement and causes the message."""
    await driver.deliver(PAIRED)
    await driver.send()
    undone = UNDONE.model_copy(update={"reason": "mentor_left", "introduced": True})
    ended = events.EngagementEnded(
        engagement_id=uuid4(), pair_id=PAIR, reason="not_going_well", left="mentor", **PEOPLE
    )
    await driver.deliver(*((undone, ended) if undone_first else (ended, undone)))
    await driver.send()
    rows = await driver.harness.pool.fetch(
        "SELECT recipient, state FROM messages WHERE template = 'engagement_ended'"
    )
    assert [tuple(row) for row in rows] == [("mentee", "delivered")]
