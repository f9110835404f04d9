"""The stages of a round, one after the other, each kept by the next (matching's order):
most pairs M*, then each floor in the policy's order, then the best score.

A floor asks for K_p = min(⌈share_p·M*⌉, the most of public p that can be served while M* pairs
and the earlier floors hold), so it never makes fewer pairs.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.policy import Floor
from services.matching.engine.instance import Instance, of_public
from services.matching.engine.mip import Optimum, RoundModel
from services.matching.engine.mip_solver import Solver, best_solver
from services.matching.engine.pairs import Pairs


@dataclass(frozen=True)
class FloorStage:
    """A floor as set: `least` is K; `most` is the optimum that proves no more can be served,
    None where everything wanted is served."""

    floor: Floor
    wanted: int
    least: int
    most: Optimum | None


@dataclass(frozen=True)
class Decision:
    """The optimum of every stage. `most_pairs` is None where the score alone counts,
    `without_floors` where the policy has no floor."""

    best: Optimum
    most_pairs: Optimum | None = None
    floors: tuple[FloorStage, ...] = ()
    without_floors: Optimum | None = None


@dataclass
class _Stages:
    pool: Instance
    pairs: Pairs
    model: RoundModel
    floors: list[FloorStage] = field(default_factory=list)

    def membership(self, public: str) -> NDArray[np.float64]:
        """1 for each pair whose mentee is of the public."""
        return of_public(self.pool, public)[self.pairs.mentee].astype(np.float64)

    def set_floor(self, floor: Floor, pairs: int, known: Optimum) -> Optimum:
        """Sets a floor; `known` keeps all earlier stages. Gives a choice that keeps this one too.

        Where `known` already serves what is wanted, nothing has to be solved to know K.
        """
        counted, wanted = self.membership(floor.public), floor.required_count(pairs)
        served = int(counted[known.chosen].sum())
        most = None
        if served < wanted:
            known = self.model.maximise(counted)
            served = int(counted[known.chosen].sum())
            most = known if served < wanted else None
        least = min(wanted, served)
        self.floors.append(FloorStage(floor, wanted, least, most))
        self.model.hold_floor(floor.public, least)
        return known


def decide(pool: Instance, pairs: Pairs, solver: Solver | None = None) -> Decision:
    """The best round over the given pairs, by the best solver at hand. Raises RoundUnsolved."""
    policy = pool.terms.policy
    if not len(pairs):
        return _nothing_to_decide(pool)
    stages = _Stages(pool, pairs, RoundModel(pool, pairs, solver or best_solver()))
    if policy.objective == "score":
        return Decision(stages.model.maximise(pairs.score))
    most_pairs = stages.model.maximise(np.ones(len(pairs)))
    stages.model.hold_pairs(len(most_pairs.chosen))
    best = without_floors = stages.model.maximise(pairs.score)
    if not policy.floors:
        return Decision(best, most_pairs)
    known = without_floors
    for floor in policy.floors:
        known = stages.set_floor(floor, len(most_pairs.chosen), known)
    if known is not without_floors:
        best = stages.model.maximise(pairs.score)
    return Decision(best, most_pairs, tuple(stages.floors), without_floors)


def _nothing_to_decide(pool: Instance) -> Decision:
    nothing = Optimum(np.zeros(0, dtype=np.int64), NamedDuals(), is_integral=True)
    if pool.terms.policy.objective == "score":
        return Decision(nothing)
    floors = tuple(FloorStage(floor, 0, 0, None) for floor in pool.terms.policy.floors)
    return Decision(nothing, nothing, floors, nothing if floors else None)
