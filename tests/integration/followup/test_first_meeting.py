"""Have you met? Asked on day 7 and on day 14; an alert on day 21."""

import pytest

from shared.contracts.events import AlertRaised, CheckInAsked, MeetingConfirmed
from shared.contracts.types import Side
from tests.integration.followup.pair import Pair


def rounds(pair: Pair) -> int:
    return len([c for c in pair.all(CheckInAsked) if c.kind == "first_meeting"]) // 2


async def test_asks_both_sides_after_a_week(pair: Pair) -> None:
    assert await pair.days(6.9) == []

    await pair.days(0.2)

    asked = pair.all(CheckInAsked)
    assert [(c.kind, c.side, c.person_id) for c in asked] == [
        ("first_meeting", "mentee", pair.event.mentee_id),
        ("first_meeting", "mentor", pair.event.mentor_id),
    ]
    assert len({c.checkin_id for c in asked}) == 2


@pytest.mark.parametrize("side", ["mentee", "mentor"])
async def test_one_yes_is_enough_and_nobody_is_asked_again(pair: Pair, side: Side) -> None:
    await pair.days(7)

    response = await pair.answer("first_meeting", side, "yes")
    await pair.days(20)

    assert response.headers["location"] == f"/suivi/merci/{side}/first_meeting/yes"
    assert pair.all(MeetingConfirmed) == [
        MeetingConfirmed(pair_id=pair.event.pair_id, request_id=pair.event.request_id)
    ]
    assert rounds(pair) == 1
    assert pair.all(AlertRaised) == []


async def test_two_yes_are_published_once(pair: Pair) -> None:
    await pair.days(7)
    await pair.answer("first_meeting", "mentee", "yes")
    await pair.answer("first_meeting", "mentor", "yes")

    assert len(pair.all(MeetingConfirmed)) == 1


async def test_not_yet_is_asked_once_more(pair: Pair) -> None:
    await pair.days(7)
    await pair.answer("first_meeting", "mentee", "not_yet")
    await pair.answer("first_meeting", "mentor", "not_yet")

    await pair.days(7)
    await pair.answer("first_meeting", "mentor", "yes")
    await pair.days(8)

    assert rounds(pair) == 2
    assert len(pair.all(MeetingConfirmed)) == 1
    assert pair.all(AlertRaised) == []


async def test_the_first_link_still_serves_after_the_second_question(pair: Pair) -> None:
    await pair.days(7)
    first = pair.path(pair.find_question("first_meeting", "mentee").checkin_id)
    await pair.days(7)

    response = await pair.harness.client.post(first, data={"answer": "yes"})
    await pair.days(8)

    assert response.status_code == 303
    assert len(pair.all(MeetingConfirmed)) == 1
    assert pair.all(AlertRaised) == []


@pytest.mark.parametrize("answer", [None, "not_yet"])
async def test_without_a_yes_an_alert_is_raised(pair: Pair, answer: str | None) -> None:
    await pair.days(14)
    if answer:
        await pair.answer("first_meeting", "mentee", answer)

    await pair.days(6.9)
    assert pair.all(AlertRaised) == []
    await pair.days(0.2)

    [alert] = pair.all(AlertRaised)
    assert (alert.reason, alert.association) == ("not_met", pair.event.association)
    assert rounds(pair) == 2


async def test_a_late_yes_is_still_published(pair: Pair) -> None:
    await pair.days(25)

    await pair.answer("first_meeting", "mentee", "yes")

    assert len(pair.all(MeetingConfirmed)) == 1


async def test_days_of_outage_delay_and_lose_nothing(pair: Pair) -> None:
    pair.harness.clock.advance(days=12)
    await pair.harness.fire_due()
    await pair.take_events()
    assert rounds(pair) == 1

    await pair.days(6.9)
    assert rounds(pair) == 1
    await pair.days(0.2)
    assert rounds(pair) == 2
