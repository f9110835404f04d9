"""The business clock. In the demonstration it runs fast for some days, everywhere alike."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is for the business: deadlines, ages, waiting."""

    def now(self) -> datetime: ...

    def real_seconds(self, until: datetime) -> float:
        """Real seconds until that instant; 0 when it has passed."""
        ...


@dataclass(frozen=True)
class WallClock:
    """Time as it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real_seconds(self, until: datetime) -> float:
        return max(0.0, (until - self.now()).total_seconds())


@dataclass(frozen=True)
class FastClock:
    """Runs `speed` times as fast from `origin` for `days` simulated days, then normally on.

    All processes that hold the same three values agree on the time.
    """

    speed: float
    origin: datetime
    days: float

    def now(self) -> datetime:
        real = datetime.now(UTC) - self.origin
        hurried = min(max(real, timedelta()), self._real_span)
        return self.origin + real + hurried * (self.speed - 1)

    def real_seconds(self, until: datetime) -> float:
        missing = until - self.now()
        if missing <= timedelta():
            return 0.0
        fast_left = max(timedelta(), self.origin + timedelta(days=self.days) - self.now())
        if missing <= fast_left:
            return missing.total_seconds() / self.speed
        return (missing - fast_left + fast_left / self.speed).total_seconds()

    @property
    def _real_span(self) -> timedelta:
        return timedelta(days=self.days) / self.speed


def clock_from(speed: float, origin: datetime | None, days: float) -> Clock:
    """The clock that the settings ask for."""
    if speed == 1.0 or origin is None:
        return WallClock()
    return FastClock(speed, origin, days)
