"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from typing import Any


class ManualClock:
    """Implements `shared.service.clock.Clock` for tests."""

    def __init__(self, start: datetime = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def real_seconds(self, until: datetime) -> float:
        return max(0.0, (until - self._now).total_seconds())

    def advance(self, **step: Any) -> None:
        """`clock.advance(days=3)`: arguments of timedelta."""
        self._now += timedelta(**step)

    def set(self, instant: datetime) -> None:
        """Go to an instant."""
        self._now = instant
