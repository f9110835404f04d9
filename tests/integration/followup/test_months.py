"""How is it going? Months 1 and 2: trouble, silence, and pairs that have stopped."""

import pytest

from shared.contracts.events import AlertRaised, CheckInAsked, EngagementEnded
from shared.contracts.types import Side
from tests.integration.followup.pair import Pair


def reasons(pair: Pair) -> list[str]:
    return [alert.reason for alert in pair.all(AlertRaised) if alert.reason != "not_met"]


async def test_asks_at_calendar_months_and_two_weeks_before_the_end(pair: Pair) -> None:
    await pair.days(100)

    rows = await pair.harness.pool.fetch(
        "SELECT DISTINCT kind, asked_at::date AS day FROM checkins"
        " WHERE kind != 'first_meeting' ORDER BY day"
    )

    # Introduced on 10 January 2026: the term ends on 10 April.
    assert [(row["kind"], row["day"].isoformat()) for row in rows] == [
        ("month_1", "2026-02-10"),
        ("month_2", "2026-03-10"),
        ("month_3", "2026-03-27"),
    ]
    assert len({c.checkin_id for c in pair.all(CheckInAsked)}) == 10


@pytest.mark.parametrize("side", ["mentee", "mentor"])
@pytest.mark.parametrize("answer", ["not_well", "stopped"])
async def test_trouble_raises_an_alert_at_once(pair: Pair, side: Side, answer: str) -> None:
    await pair.days(31)

    await pair.answer("month_1", side, answer)

    assert reasons(pair) == ["not_going_well"]
    assert pair.all(EngagementEnded) == []


async def test_trouble_on_both_sides_is_one_alert(pair: Pair) -> None:
    await pair.days(31)

    await pair.answer("month_1", "mentee", "not_well")
    await pair.answer("month_1", "mentor", "not_well")
    await pair.days(14)

    assert reasons(pair) == ["not_going_well", "not_going_well"], "each is published"
    trouble = [one for one in pair.all(AlertRaised) if one.reason == "not_going_well"]
    assert len({one.alert_id for one in trouble}) == 1


async def test_trouble_after_the_first_was_handled_is_another_alert(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "not_well")
    await pair.harness.pool.execute("UPDATE alerts SET handled_at = raised_at")
    await pair.days(29)

    await pair.answer("month_2", "mentee", "not_well")

    assert reasons(pair) == ["not_going_well", "not_going_well"]


@pytest.mark.parametrize("answer", ["well", "could_be_better"])
async def test_one_answer_breaks_the_silence(pair: Pair, answer: str) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentor", answer)

    await pair.days(15)

    assert reasons(pair) == []


async def test_silence_of_both_raises_an_alert_after_two_weeks(pair: Pair) -> None:
    await pair.days(31 + 13.9)
    assert reasons(pair) == []

    await pair.days(0.2)
    assert reasons(pair) == ["silent"]

    await pair.days(40)
    assert reasons(pair) == ["silent"], "open already: no second alert for the same"


async def test_a_late_not_well_still_calls(pair: Pair) -> None:
    await pair.days(31 + 20)

    response = await pair.answer("month_1", "mentee", "not_well")

    assert response.status_code == 303
    assert reasons(pair) == ["silent", "not_going_well"]


async def test_both_have_stopped(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "stopped")
    await pair.answer("month_1", "mentor", "stopped")

    [ended] = pair.all(EngagementEnded)
    assert ended.reason == "not_going_well"
    assert (ended.pair_id, ended.mentor_id) == (pair.event.pair_id, pair.event.mentor_id)

    asked = len(pair.all(CheckInAsked))
    await pair.days(120)
    assert len(pair.all(CheckInAsked)) == asked, "nobody is asked after the end"
    assert len(pair.all(EngagementEnded)) == 1
    assert reasons(pair) == ["not_going_well", "not_going_well"]


async def test_one_has_stopped_and_the_other_does_not_answer(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentor", "stopped")
    await pair.days(13.9)
    assert pair.all(EngagementEnded) == []

    await pair.days(0.2)

    assert [ended.reason for ended in pair.all(EngagementEnded)] == ["not_going_well"]


async def test_one_has_stopped_and_the_other_disagrees(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentor", "stopped")
    await pair.answer("month_1", "mentee", "well")

    await pair.days(32)

    assert pair.all(EngagementEnded) == []
    assert pair.find_question("month_2", "mentee")
