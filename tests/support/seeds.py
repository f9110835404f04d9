"""Seeds for drawn inputs: the first few in `make test`, all of them in `make test-all`."""

from collections.abc import Sequence

import pytest


def seeds(every: Sequence[int], quick: int) -> list[object]:
    """Values for `pytest.mark.parametrize`; all but the first `quick` are marked `slow`."""
    rest = (pytest.param(seed, marks=pytest.mark.slow) for seed in every[quick:])
    return [*every[:quick], *rest]
