"""The drawing stays inside its frame and its grid is round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.charts import FLOOR, TOP, bars, line

values = st.lists(st.floats(0, 1e7, allow_nan=False, allow_subnormal=False), max_size=40)


@given(values)
def test_marks_stay_inside(numbers: list[float]) -> None:
    drawing = bars([(str(n), value) for n, value in enumerate(numbers)])
    assert len(drawing.marks) == len(numbers)
    for mark in drawing.marks:
        assert TOP <= mark.y <= FLOOR
        assert mark.y + mark.height == pytest.approx(FLOOR)
        assert mark.x >= 0
        assert mark.x + mark.width <= 100
    assert sum(mark.labelled for mark in drawing.marks) <= 6


@given(values)
def test_the_grid_reaches_the_highest_value_in_few_lines(numbers: list[float]) -> None:
    grid = line([("", value) for value in numbers]).grid
    assert 2 <= len(grid) <= 7
    assert grid[0][0] == 0
    assert grid[-1][0] >= max(numbers, default=0) * 0.999999


def test_heights_are_in_proportion_and_the_last_label_is_shown() -> None:
    low, high = bars([("janv.", 25), ("févr.", 50)]).marks
    assert high.height == pytest.approx(2 * low.height)
    assert high.labelled


def test_nothing_below_zero() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        bars([("x", -1)])
