"""A stage's prices, laid out person by person."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import NamedDuals
from services.matching.engine.instance import Instance

SCORE = ""
"""What a stage values when it is not a public."""

EVERY_PAIR = "*"


@dataclass(frozen=True)
class StageDuals:
    """The duals of a stage. `objective`: what it maximises, `SCORE`, `EVERY_PAIR` or the pairs of a
    public. `pairs` and `floors`: what earlier stages have fixed, the number of pairs and each K."""

    objective: str
    prices: NamedDuals
    pairs: int = 0
    floors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DualArrays:
    """The surplus of a pair is value - `pairs` - `price` of the mentor + `credit` of the mentee.

    The value is the score where `scored`, else the mentee's `service_value` (0 or 1), as in
    `objective.py`. `service_value` and `credit` have shape (mentees,), `price`, which includes the
    association's, has shape (mentors,).
    """

    scored: bool
    service_value: NDArray[np.float64]
    pairs: float
    price: NDArray[np.float64]
    credit: NDArray[np.float64]


def dual_arrays_of(pool: Instance, stage: StageDuals) -> DualArrays:
    """The stage's prices for the people of a pool, in its order."""
    own, shared = stage.prices.mentors, stage.prices.associations
    price = [own.get(m.id, 0.0) + shared.get(m.association or "", 0.0) for m in pool.mentors]
    credit = np.zeros(len(pool.mentees))
    for public, bonus in stage.prices.floors.items():
        credit += bonus * _members(pool, public)
    return DualArrays(
        stage.objective == SCORE,
        _members(pool, stage.objective),
        stage.prices.pairs,
        np.array(price, dtype=np.float64),
        credit,
    )


def _members(pool: Instance, value: str) -> NDArray[np.float64]:
    """1 for each mentee of the public, or for everybody."""
    return np.array(
        [value == EVERY_PAIR or value in mentee.publics for mentee in pool.mentees],
        dtype=np.float64,
    )
