"""Percentiles of durations, by the nearest rank: always a value that was measured."""

from collections.abc import Sequence
from math import ceil


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest value that at least `percent` of all do not exceed; None of no values."""
    if not values:
        return None
    rank = max(1, ceil(percent / 100 * len(values)))
    return sorted(values)[rank - 1]


def milliseconds(seconds: float | None) -> float | None:
    """Seconds as milliseconds, to a thousandth."""
    return None if seconds is None else round(seconds * 1000, 3)
