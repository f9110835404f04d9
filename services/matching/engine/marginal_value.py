"""What one more mentor would bring, read off a certificate's prices.

By the duality of linear programming (a new column's reduced profit; Dantzig 1963, Linear
Programming and Extensions, ch. 6), prices that prove a round prove one with a mentor more, once
the new place is given the price

    g = max_i (c_i,new - μ + F_i - u_i)⁺      over the mentees i of the kind that gates let through

where u_i = max(0, max_j (c_ij - μ - v_j - a_k(j) + F_i)) is the surplus of mentee i already. So no
round with one mentor more, the same number of pairs and no lower floor is worth more than g above
the bound; with a pair more, g + μ. With the prices of the stage `most_pairs` (c = 1, μ = F = 0)
the same g says whether there can be a pair more: the number of pairs is whole, so ⌊g⌋. Where
prices are degenerate the true gain may be less, never more.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from math import floor

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import Certificate, NamedDuals
from services.matching.domain.people import Mentee
from services.matching.domain.recruiting import Kind, Signal, kinds_of, rank_signals, score_with
from services.matching.domain.round_input import RoundInput
from services.matching.engine.eligibility import iter_eligible_pairs
from services.matching.engine.instance import Instance, pool_of
from services.matching.engine.pairs import Pairs

Values = NDArray[np.float64]

ROUNDING = 1e-9


@dataclass
class _Gain:
    """What is known of a kind so far."""

    pairs: float = 0.0
    score: float = 0.0
    waiting: int = 0


@dataclass
class _Stage:
    """The prices of a stage: `place` v_j + a_k(j) of each mentor, `own` F_i - μ and `surplus` u_i
    of each mentee."""

    place: Values
    own: Values
    surplus: Values = field(init=False)

    def __post_init__(self) -> None:
        self.surplus = np.zeros(len(self.own))

    def update(self, pairs: Pairs, values: Values) -> None:
        """Raise u_i to what these pairs are worth above their prices."""
        left = values + self.own[pairs.mentee] - self.place[pairs.mentor]
        np.maximum.at(self.surplus, pairs.mentee, left)

    def gain(self, row: int, value: float) -> float:
        """max(0, c_i,new - μ + F_i - u_i)."""
        return max(0.0, value + float(self.own[row]) - float(self.surplus[row]))


def signal_of(
    given: RoundInput, certificate: Certificate, paired: Collection[str]
) -> tuple[Signal, ...]:
    """The kinds of mentors that would bring most, the best first; `paired`: mentees with a mentor.

    One pass over all permitted pairs, block by block, so memory does not grow with their number.
    """
    pool = pool_of(given)
    counting, scoring = _stages(pool, certificate)
    for block in iter_eligible_pairs(pool):
        scoring.update(block, block.score)
        if counting is not None:
            counting.update(block, np.ones(len(block)))
    gains: dict[Kind, _Gain] = {}
    for row, mentee in enumerate(pool.mentees):
        for kind, pairs, score in _gains_by_kind(pool, mentee, row, counting, scoring):
            gain = gains.setdefault(kind, _Gain())
            gain.pairs, gain.score = max(gain.pairs, pairs), max(gain.score, score)
            gain.waiting += mentee.id not in paired
    return rank_signals(_signal(kind, gain) for kind, gain in gains.items())


def _stages(pool: Instance, certificate: Certificate) -> tuple[_Stage | None, _Stage]:
    most = certificate.most_pairs
    return (
        None if most is None else _stage(pool, most.prices),
        _stage(pool, certificate.score.prices),
    )


def _stage(pool: Instance, prices: NamedDuals) -> _Stage:
    place = [
        prices.mentors.get(mentor.id, 0.0) + prices.associations.get(mentor.association or "", 0.0)
        for mentor in pool.mentors
    ]
    own = [sum(prices.floors.get(public, 0.0) for public in p.publics) for p in pool.mentees]
    return _Stage(np.array(place, dtype=float), np.array(own, dtype=float) - prices.pairs)


def _gains_by_kind(
    pool: Instance, mentee: Mentee, row: int, counting: _Stage | None, scoring: _Stage
) -> list[tuple[Kind, float, float]]:
    """Each kind a mentee waits for, with what it would bring in pairs and in score."""
    kinds, gains = list(kinds_of(mentee)), []
    scores = {
        place: score_with(mentee, place, pool.terms) for place in {k.territory for k in kinds}
    }
    pairs = 0.0 if counting is None else counting.gain(row, 1.0)
    for kind in kinds:
        value = scores[kind.territory]
        if value is not None:
            gains.append((kind, pairs, scoring.gain(row, value)))
    return gains


def _signal(kind: Kind, gain: _Gain) -> Signal:
    pairs = min(1, floor(gain.pairs + ROUNDING))
    return Signal(kind, pairs, gain.score if gain.score > ROUNDING else 0.0, gain.waiting)
