"""Messages when a mentor's clearance ends: to the association always, to a pair in neutral
words, and only where it has been introduced."""

from datetime import UTC, date, datetime
from email.message import EmailMessage
from uuid import uuid4

import pytest

from shared.contracts import events
from tests.integration.notification.notification_driver import NotificationDriver
from tests.integration.notification.test_events import ASSOCIATION, MENTEE, MENTOR, PAIR, PEOPLE

PAIRED = events.PairConfirmed(pair_id=PAIR, association=ASSOCIATION, **PEOPLE)
SINCE = datetime(2026, 1, 12, 17, 5, tzinfo=UTC)
PAUSED = events.PairPaused(pair_id=PAIR, association=ASSOCIATION, paused_at=SINCE, **PEOPLE)
RESUMED = events.PairResumed(pair_id=PAIR, association=ASSOCIATION, paused_at=SINCE, **PEOPLE)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def contacts(driver: NotificationDriver) -> None:
    driver.registration.knows("mentee", MENTEE, first_name="Inès", email="ines@exemple.example")
    driver.registration.knows("mentor", MENTOR, first_name="Karim", email="karim@exemple.example")
    for owner in (ASSOCIATION, "reseau_binome"):
        driver.registration.knows("coordinator", owner, email=f"{owner}@exemple.example")


async def test_both_are_told_of_a_pause_and_of_its_end(
    driver: NotificationDriver, contacts: None
) -> None:
    await driver.deliver(PAIRED)
    await driver.send()
    before = {who: len(driver.mail.to(f"{who}@exemple.example")) for who in ("ines", "karim")}
    await driver.deliver(PAUSED, PAUSED)
    await driver.send()
    for who, phrase in (("ines", "en pause"), ("karim", "en pause")):
        mails = driver.mail.to(f"{who}@exemple.example")[before[who] :]
        assert len(mails) == 1
        assert phrase in str(mails[0]["subject"])
        assert "habilit" not in text_of(mails[0]), "neutral words"
    await driver.deliver(RESUMED)
    await driver.send()
    assert len(driver.mail.to("ines@exemple.example")) == before["ines"] + 2


async def test_the_end_of_a_pause_may_come_before_the_pause(
    driver: NotificationDriver, contacts: None
) -> None:
    await driver.deliver(PAIRED)
    await driver.send()
    before = len(driver.mail.to("ines@exemple.example"))
    await driver.deliver(RESUMED, PAUSED)
    await driver.send()
    assert len(driver.mail.to("ines@exemple.example")) == before, "nobody is paused for ever"


async def test_who_was_not_introduced_is_told_nothing(
    driver: NotificationDriver, contacts: None
) -> None:
    await driver.deliver(PAUSED)
    await driver.send()
    assert driver.mail.to("ines@exemple.example") == []
    assert driver.mail.to("karim@exemple.example") == []


@pytest.mark.parametrize("reason", ["withdrawn", "expired"])
async def test_the_end_of_each_clearance_is_told_to_its_owner(
    driver: NotificationDriver, contacts: None, reason: str
) -> None:
    ended = [
        events.ClearanceChanged.model_validate(
            {"mentor_id": uuid4(), "association": owner, "reason": reason}
        )
        for owner in (ASSOCIATION, ASSOCIATION, None)
    ]
    await driver.deliver(*ended)
    await driver.send()
    assert len(driver.mail.to(f"{ASSOCIATION}@exemple.example")) == 2
    assert len(driver.mail.to("reseau_binome@exemple.example")) == 1


async def test_a_recorded_clearance_is_told_to_nobody(
    driver: NotificationDriver, contacts: None
) -> None:
    recorded = events.ClearanceChanged(
        mentor_id=uuid4(),
        cleared_until=date(2028, 1, 1),
        association=ASSOCIATION,
        reason="recorded",
    )
    await driver.deliver(recorded)
    await driver.send()
    assert driver.mail.to(f"{ASSOCIATION}@exemple.example") == []


async def test_an_association_is_asked_once_a_day(
    driver: NotificationDriver, contacts: None
) -> None:
    await driver.deliver(
        *(
            events.ClearanceAsked(
                mentor_id=uuid4(), association=ASSOCIATION, reason="ending", due=date(2026, 3, 1)
            )
            for _ in range(3)
        )
    )
    await driver.send()
    (mail,) = driver.mail.to(f"{ASSOCIATION}@exemple.example")
    assert "/associations/mentors" in text_of(mail)
