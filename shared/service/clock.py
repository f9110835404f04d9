"""The business clock. In the demonstration it runs fast for some days, everywhere alike."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Says what time it is for the business: deadlines, ages, waiting."""

    def now(self) -> datetime:
        """The business time, in UTC."""

    def real_seconds(self, until: datetime) -> float:
        """Real seconds until that instant; 0 when it has passed."""
        ...


@dataclass(frozen=True)
class WallClock:
    """Time as it is."""

    def now(self) -> datetime:
        """The machine's time."""
        return datetime.now(UTC)

    def real_seconds(self, until: datetime) -> float:
        """Seconds from now until then, never negative."""
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
        """The machine's time, run faster from the origin on, for so many simulated days."""
        real = datetime.now(UTC) - self.origin
        hurried = min(max(real, timedelta()), timedelta(days=self.days) / self.speed)
        return self.origin + real + hurried * (self.speed - 1)

    def real_seconds(self, until: datetime) -> float:
        """Seconds on the machine's clock until that business time, never negative."""
        return max(0.0, (self._really(until) - datetime.now(UTC)).total_seconds())

    def _really(self, instant: datetime) -> datetime:
        """The real instant at which this clock shows `instant`: what `now` does, backwards."""
        passed = instant - self.origin
        hurried = min(max(passed, timedelta()), timedelta(days=self.days))
        return self.origin + passed - hurried + hurried / self.speed


class FileStartedClock:
    """Waits for a file that says from when on time runs fast; until then it runs normally.

    Whoever stages a demonstration writes the file once everything is ready, however long the
    machine took, and all processes see it.
    """

    def __init__(self, speed: float, file: Path, days: float) -> None:
        self._speed = speed
        self._file = file
        self._days = days
        self._fast: FastClock | None = None

    def now(self) -> datetime:
        """The time since the start that the file holds."""
        return self._running().now()

    def real_seconds(self, until: datetime) -> float:
        """Seconds on the machine's clock until that business time, never negative."""
        return self._running().real_seconds(until)

    def _running(self) -> Clock:
        if self._fast is None and self._file.exists():
            origin = datetime.fromisoformat(self._file.read_text().strip())
            self._fast = FastClock(self._speed, origin, self._days)
        return self._fast or WallClock()


def start_clock(file: Path) -> datetime:
    """Let time run fast from now on, for every clock that waits for this file."""
    origin = datetime.now(UTC)
    aside = file.with_name(f".{file.name}.part")
    aside.touch(0o600)
    aside.write_text(origin.isoformat())
    aside.replace(file)
    return origin


def clock_from(speed: float, origin: datetime | Path | None, days: float) -> Clock:
    """The clock that the settings ask for; a path names the file of a `FileStartedClock`."""
    if speed == 1.0 or origin is None:
        return WallClock()
    if isinstance(origin, Path):
        return FileStartedClock(speed, origin, days)
    return FastClock(speed, origin, days)
