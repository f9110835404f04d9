"""Three months played to their end, and to the next beginning."""

import pytest

from services.followup.store import UNATTENDED
from shared.contracts.events import AlertRaised, CheckInAsked, EngagementEnded, EngagementRenewed
from shared.contracts.types import CheckInKind, Side
from tests.integration.followup.pair import Pair

ASKED, LEFT = 77, 14
"""Days from the introduction to the question of month 3, and from there to the end of the term."""


async def outcomes(pair: Pair) -> list[tuple[int, str | None]]:
    rows = await pair.harness.pool.fetch("SELECT number, outcome FROM terms ORDER BY number")
    return [(row["number"], row["outcome"]) for row in rows]


async def test_three_good_months_and_three_more(pair: Pair) -> None:
    await pair.days(7)
    await pair.answer("first_meeting", "mentee", "yes")
    months: tuple[tuple[int, CheckInKind], ...] = ((24, "month_1"), (28, "month_2"))
    for days, kind in months:
        await pair.days(days)
        await pair.answer(kind, "mentee", "well")
        await pair.answer(kind, "mentor", "well")
    await pair.days(18)
    await pair.answer("month_3", "mentor", "renew", "well")
    assert pair.all(EngagementRenewed) == []

    await pair.answer("month_3", "mentee", "renew")

    [renewed] = pair.all(EngagementRenewed)
    assert (renewed.term, renewed.pair_id) == (2, pair.event.pair_id)
    assert await outcomes(pair) == [(1, "renewed"), (2, None)]
    assert pair.all(AlertRaised) == []


async def test_the_second_term_asks_again_and_ends(pair: Pair) -> None:
    await pair.days(ASKED)
    await pair.answer("month_3", "mentor", "renew")
    await pair.answer("month_3", "mentee", "renew")
    await pair.days(LEFT + 100)

    rows = await pair.harness.pool.fetch(
        "SELECT DISTINCT kind, asked_at::date AS day FROM checkins WHERE term = 2 ORDER BY day"
    )

    # Term 2 runs from 10 April to 10 July; nobody asks for a first meeting again.
    assert [(row["kind"], row["day"].isoformat()) for row in rows] == [
        ("month_1", "2026-05-10"),
        ("month_2", "2026-06-10"),
        ("month_3", "2026-06-26"),
    ]
    assert [ended.reason for ended in pair.all(EngagementEnded)] == ["silent"]
    assert await outcomes(pair) == [(1, "renewed"), (2, "ended")]


@pytest.mark.parametrize("side", ["mentee", "mentor"])
@pytest.mark.parametrize(
    ("answer", "mood", "reason"),
    [
        ("close", None, "completed"),
        ("longer", "well", "completed"),
        ("close", "not_well", "not_going_well"),
    ],
)
async def test_one_of_the_two_ends_it(
    pair: Pair, side: Side, answer: str, mood: str | None, reason: str
) -> None:
    await pair.days(ASKED)

    await pair.answer("month_3", side, answer, mood)

    assert [ended.reason for ended in pair.all(EngagementEnded)] == [reason]
    called = [a.reason for a in pair.all(AlertRaised) if a.reason == "not_going_well"]
    assert called == (["not_going_well"] if mood == "not_well" else [])
    assert await outcomes(pair) == [(1, "ended")]


async def test_after_the_end_the_other_can_still_say_how_it_was(pair: Pair) -> None:
    await pair.days(ASKED)
    path = pair.path(pair.find_question("month_3", "mentee").checkin_id)
    await pair.answer("month_3", "mentor", "close")

    html = (await pair.harness.client.get(path)).text
    assert 'value="renew"' not in html
    assert 'value="not_well"' in html
    await pair.answer("month_3", "mentee", "not_well")

    assert "not_going_well" in [alert.reason for alert in pair.all(AlertRaised)]
    assert [ended.reason for ended in pair.all(EngagementEnded)] == ["completed"]


async def test_a_wish_sent_from_a_page_opened_before_the_end_is_taken_and_changes_nothing(
    pair: Pair,
) -> None:
    await pair.days(ASKED)
    await pair.answer("month_3", "mentor", "close")

    response = await pair.answer("month_3", "mentee", "renew")

    assert response.status_code == 303
    assert pair.all(EngagementRenewed) == []
    assert len(pair.all(EngagementEnded)) == 1


async def test_nobody_ever_answered(pair: Pair) -> None:
    await pair.days(ASKED + LEFT - 2)
    assert pair.all(EngagementEnded) == []

    await pair.days(3)

    assert [ended.reason for ended in pair.all(EngagementEnded)] == ["silent"]


async def test_silent_at_the_end_but_not_before(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "well")

    await pair.days(90)

    assert [ended.reason for ended in pair.all(EngagementEnded)] == ["completed"]


async def test_one_would_go_on_and_the_other_stays_silent(pair: Pair) -> None:
    await pair.days(60)
    await pair.answer("month_2", "mentor", "well")
    await pair.harness.pool.execute("UPDATE alerts SET handled_at = raised_at")
    await pair.days(ASKED - 60)
    already = len(pair.all(AlertRaised))
    await pair.answer("month_3", "mentee", "renew")

    await pair.days(LEFT)

    assert [ended.reason for ended in pair.all(EngagementEnded)] == ["completed"]
    assert [alert.reason for alert in pair.all(AlertRaised)[already:]] == ["silent"]


async def test_nothing_is_asked_or_published_after_the_end(pair: Pair) -> None:
    await pair.days(ASKED)
    await pair.answer("month_3", "mentor", "close")
    before = len(pair.published)

    assert await pair.days(200) == []

    assert len(pair.published) == before
    assert await pair.harness.pool.fetchval("SELECT count(*) FROM timers") == 0


async def test_every_running_engagement_has_a_timer_ahead(pair: Pair) -> None:
    for _ in range(10):
        await pair.days(13)
        assert await pair.harness.pool.fetchval(UNATTENDED) == 0
        if any(c.kind == "month_3" for c in pair.all(CheckInAsked)):
            break

    await pair.harness.pool.execute("DELETE FROM timers")
    assert await pair.harness.pool.fetchval(UNATTENDED) == 1
