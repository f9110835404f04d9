"""Months by the calendar of Paris, at the ends of months and across the change of the clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.followup.domain.calendar import (
    ANSWER_TIME,
    link_expiry,
    months_after,
    question_due,
    term_end,
)
from shared.contracts.types import PARIS

YEAR_2024 = datetime(2024, 1, 1, tzinfo=UTC)
starts = st.integers(0, 10 * 365 * 24 * 60).map(lambda n: YEAR_2024 + timedelta(minutes=n))


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-15 10:00", 1, "2026-02-15 10:00"),
        ("2026-01-31 10:00", 1, "2026-02-28 10:00"),
        ("2028-01-31 10:00", 1, "2028-02-29 10:00"),
        ("2026-01-31 10:00", 2, "2026-03-31 10:00"),
        ("2026-03-31 10:00", 1, "2026-04-30 10:00"),
        ("2026-11-30 10:00", 3, "2027-02-28 10:00"),
        ("2026-12-10 10:00", 1, "2027-01-10 10:00"),
        ("2026-03-10 10:00", 1, "2026-04-10 10:00"),
        ("2026-10-20 10:00", 1, "2026-11-20 10:00"),
        ("2026-01-15 10:00", 0, "2026-01-15 10:00"),
    ],
)
def test_same_day_and_hour_months_later(start: str, months: int, expected: str) -> None:
    assert months_after(paris(start), months) == paris(expected)


def test_the_day_is_the_one_in_paris() -> None:
    just_april = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)

    assert months_after(just_april, 1) == datetime(2026, 4, 30, 22, 30, tzinfo=UTC)


@given(starts, st.integers(0, 48))
def test_never_skips_a_month_and_keeps_the_day_where_it_can(start: datetime, months: int) -> None:
    before, after = start.astimezone(PARIS), months_after(start, months).astimezone(PARIS)

    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == months
    last_of_month = (after + timedelta(days=1)).month != after.month
    assert after.day == before.day or (after.day < before.day and last_of_month)


@given(starts)
def test_questions_come_one_after_the_other_within_the_term(start: datetime) -> None:
    first, second, third = (question_due(start, month) for month in (1, 2, 3))

    assert start + timedelta(days=27) < first < second < third
    assert third + ANSWER_TIME == term_end(start)
    # One silence is weighed before the next question goes out (an hour for the clocks).
    assert second + ANSWER_TIME <= third + timedelta(hours=1)


@given(starts, st.integers(0, 3))
def test_a_link_lives_until_the_next_question_and_two_weeks_at_least(
    start: datetime, month: int
) -> None:
    asked_at = question_due(start, month) if month else start + timedelta(days=14)

    expiry = link_expiry(start, month, asked_at)

    assert expiry >= asked_at + ANSWER_TIME
    if month < 3:
        assert expiry == max(question_due(start, month + 1), asked_at + ANSWER_TIME)
    else:
        assert expiry == term_end(start)


def test_a_question_asked_late_still_leaves_two_weeks() -> None:
    start = paris("2026-01-15 10:00")
    late = term_end(start) + timedelta(days=3)

    assert link_expiry(start, 1, late) == late + ANSWER_TIME
