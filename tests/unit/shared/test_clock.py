"""The fast clock: the same everywhere, never backwards, and both ways round."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.service.clock import FastClock, WallClock, clock_from, start_clock

SPEED, DAYS = 129_600.0, 90.0
REAL = DAYS * 86_400 / SPEED  # 60 s


def a_clock(seconds_ago: float) -> FastClock:
    """One that began to run fast so many real seconds ago (in the future when negative)."""
    return FastClock(SPEED, datetime.now(UTC) - timedelta(seconds=seconds_ago), DAYS)


def read_elapsed(clock: FastClock) -> float:
    """Simulated seconds since its origin."""
    return (clock.now() - clock.origin).total_seconds()


def test_before_its_origin_it_runs_normally() -> None:
    assert read_elapsed(a_clock(-30)) == pytest.approx(-30, abs=0.5)


def test_at_its_end_the_days_are_over_and_it_runs_normally_on() -> None:
    assert read_elapsed(a_clock(REAL)) == pytest.approx(DAYS * 86_400, abs=SPEED / 10)
    assert read_elapsed(a_clock(REAL + 100)) == pytest.approx(DAYS * 86_400 + 100, abs=0.5)


def test_in_the_middle_it_runs_fast() -> None:
    assert read_elapsed(a_clock(30)) == pytest.approx(30 * SPEED, rel=0.01)


def test_two_processes_agree() -> None:
    one = a_clock(17)
    other = FastClock(SPEED, one.origin, DAYS)
    assert abs(other.now() - one.now()) < timedelta(seconds=SPEED / 10)


@pytest.mark.parametrize(
    ("since", "until", "seconds"),
    [
        (-10, timedelta(0), 10),  # from before, to the origin
        (-10, timedelta(days=45), 10 + REAL / 2),
        (-10, timedelta(days=90, seconds=5), 10 + REAL + 5),
        (0, timedelta(days=90), REAL),
        (30, timedelta(days=90, seconds=7), REAL - 30 + 7),
        (70, timedelta(days=90, seconds=110), 100),
        (30, timedelta(days=10), 0),  # over
        (30, timedelta(days=-10), 0),
    ],
)
def test_real_seconds_until_an_instant(since: float, until: timedelta, seconds: float) -> None:
    clock = a_clock(since)
    assert clock.real_seconds(clock.origin + until) == pytest.approx(seconds, abs=0.2)


@given(st.floats(-100, 200), st.floats(0, 200))
def test_waiting_the_real_seconds_leads_to_the_instant(since: float, wait: float) -> None:
    clock = a_clock(since)
    then = FastClock(SPEED, clock.origin - timedelta(seconds=wait), DAYS)
    instant = then.now() - then.origin + clock.origin
    assert clock.real_seconds(instant) == pytest.approx(wait, abs=0.1)


def test_without_a_speed_or_an_origin_time_is_as_it_is() -> None:
    assert clock_from(1.0, datetime.now(UTC), 90) == WallClock()
    assert clock_from(1000.0, None, 90) == WallClock()
    assert abs(WallClock().now() - datetime.now(UTC)) < timedelta(seconds=1)
    assert WallClock().real_seconds(datetime.now(UTC) - timedelta(days=1)) == 0


def test_a_clock_that_waits_for_its_start_runs_normally_until_then(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = clock_from(SPEED, file, DAYS)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    origin = start_clock(file)
    assert clock.real_seconds(origin + timedelta(days=90)) == pytest.approx(REAL, abs=1)
