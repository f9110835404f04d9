"""When a proposition is reminded of and over, what an answer brings about, what a side is shown."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.matching.domain.proposition import Answer, Standing, State, outcome, term_of

ASKED = datetime(2026, 1, 10, 22, 30, tzinfo=UTC)
BY = datetime(2026, 1, 18, 5, tzinfo=UTC)
BEFORE, AFTER = BY - timedelta(seconds=1), BY


@pytest.mark.parametrize("days", range(4, 61))
def test_the_reminder_comes_after_three_days_and_in_time_to_help(days: int) -> None:
    term = term_of(ASKED, days)
    assert term.remind_at - ASKED >= timedelta(days=3)
    assert term.answer_by - term.remind_at >= timedelta(days=1)
    assert term.answer_by - ASKED >= timedelta(days=days)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Martinique", "Indian/Reunion"])
def test_the_last_day_is_over_wherever_somebody_lives(zone: str) -> None:
    term = term_of(ASKED, 7)
    assert term.last_day == date(2026, 1, 17), "it is the 10th in Paris, a quarter before midnight"
    assert term.answer_by == BY
    assert term.answer_by.astimezone(ZoneInfo(zone)).date() > term.last_day


def test_summer_time_moves_the_hour_and_not_the_day() -> None:
    term = term_of(datetime(2026, 3, 25, 9, tzinfo=UTC), 7)
    assert term.answer_by == datetime(2026, 4, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("own", "other", "answer", "becomes"),
    [
        (None, None, "accepted", "open"),
        (None, None, "declined", "declined"),
        (None, "accepted", "accepted", "accepted"),
        (None, "accepted", "declined", "declined"),
        ("accepted", None, "accepted", None),
        ("accepted", None, "declined", "declined"),
    ],
)
def test_what_an_answer_brings_about(
    own: Answer | None, other: Answer | None, answer: Answer, becomes: State | None
) -> None:
    standing = Standing("open", BY, own, other)
    assert outcome(standing, answer, BEFORE) == becomes
    assert outcome(standing, answer, AFTER) is None, "too late, written down or not"


@pytest.mark.parametrize("state", ["accepted", "declined", "unanswered"])
@pytest.mark.parametrize("answer", ["accepted", "declined"])
def test_nothing_follows_an_end(state: State, answer: Answer) -> None:
    for own in ("accepted", "declined", None):
        assert outcome(Standing(state, BY, own, None), answer, BEFORE) is None


def test_each_side_sees_the_state_and_not_the_answer_of_the_other() -> None:
    def views(state: State, own: Answer | None, now: datetime = BEFORE) -> set[str]:
        others: tuple[Answer | None, ...] = (None, "accepted", "declined")
        return {Standing(state, BY, own, other).view(now) for other in others}

    assert views("open", None) == {"asked"}
    assert views("open", "accepted") == {"waiting"}
    assert views("open", "accepted", AFTER) == {"over"}
    assert views("open", None, AFTER) == {"over"}
    assert views("accepted", "accepted", AFTER) == {"agreed"}
    assert views("declined", "declined", AFTER) == {"declined"}
    assert views("declined", "accepted") == views("declined", None) == {"over"}
    assert views("unanswered", "accepted", AFTER) == views("unanswered", None, AFTER) == {"over"}
