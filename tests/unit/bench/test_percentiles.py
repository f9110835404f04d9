"""Percentiles by the nearest rank."""

import pytest

from deploy.bench.percentiles import milliseconds, percentile


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 15), (5, 15), (30, 20), (40, 20), (50, 35), (100, 50)]
)
def test_it_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    assert percentile([50, 15, 40, 20, 35], percent) == expected


def test_of_a_hundred_the_99th_leaves_one_above() -> None:
    assert percentile(range(1, 101), 99) == 99


def test_of_nothing_there_is_none() -> None:
    assert percentile([], 50) is None
    assert milliseconds(None) is None


def test_milliseconds_keep_a_thousandth() -> None:
    assert milliseconds(0.0123456) == 12.346
