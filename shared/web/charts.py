"""Geometry of the small charts: where each bar, point and grid line stands.

Across, places are in per cent of the drawing's width, so that a chart fits a phone and a laptop
with letters of the same size; downwards they are in pixels of a drawing of fixed height.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

_MOST_GRID_LINES = 5

HEIGHT = 220
TOP = 26
FLOOR = HEIGHT - 28
LEFT, RIGHT = 2.0, 98.0
MOST_LABELS = 6


@dataclass(frozen=True)
class Mark:
    """One value: its place (`x`, `width` in per cent; `y`, `height` in pixels) and its words."""

    label: str
    value: float
    x: float
    middle: float
    width: float
    y: float
    height: float
    labelled: bool


@dataclass(frozen=True)
class Chart:
    """Marks from left to right; grid lines as (value, y)."""

    marks: tuple[Mark, ...]
    grid: tuple[tuple[float, float], ...]
    joined: bool
    height: int = HEIGHT
    floor: int = FLOOR


def bars(points: Sequence[tuple[str, float]]) -> Chart:
    """A bar for each (label, value); values are 0 or more. Raises ValueError when one is not."""
    return _chart(points, joined=False)


def line(points: Sequence[tuple[str, float]]) -> Chart:
    """The same points, joined by a line: for a course over time."""
    return _chart(points, joined=True)


def _chart(points: Sequence[tuple[str, float]], joined: bool) -> Chart:
    if any(value < 0 for _, value in points):
        raise ValueError("a chart shows values of 0 or more")
    step = _step(max((value for _, value in points), default=0))
    top = step * max(1, ceil(max((value for _, value in points), default=0) / step))
    grid = tuple((step * n, _height(step * n, top)) for n in range(round(top / step) + 1))
    marks = tuple(_mark(points, n, top) for n in range(len(points)))
    return Chart(marks, grid, joined)


def _mark(points: Sequence[tuple[str, float]], n: int, top: float) -> Mark:
    label, value = points[n]
    share = (RIGHT - LEFT) / len(points)
    y, width = _height(value, top), min(share * 0.64, 14.0)
    middle = LEFT + share * (n + 0.5)
    every = ceil(len(points) / MOST_LABELS)
    return Mark(
        label=label,
        value=value,
        x=round(middle - width / 2, 2),
        middle=round(middle, 2),
        width=round(width, 2),
        y=y,
        height=round(FLOOR - y, 1),
        labelled=(len(points) - 1 - n) % every == 0,
    )


def _height(value: float, top: float) -> float:
    return round(FLOOR - (FLOOR - TOP) * value / top, 1)


def _step(most: float) -> float:
    """A round step (1, 2 or 5 times a power of ten) that gives two to five grid lines."""
    if most <= 0:
        return 1
    power: float = 10.0 ** floor(log10(most))
    return next(
        power * n for n in (0.2, 0.5, 1.0, 2.0, 5.0) if most / (power * n) <= _MOST_GRID_LINES
    )
