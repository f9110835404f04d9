"""The certificate: what the prices of each stage prove about every round there could be.

The bound is the one of `domain.certificate`, summed over all permitted pairs, so it holds
whatever way the prices were found. `proof` computes it again from the files, on its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import (
    MOST_GAP,
    Certificate,
    FloorProof,
    NamedDuals,
    PairsProof,
    ProvedBy,
    ScoreProof,
    gap_of,
)
from services.matching.domain.fingerprint import inputs_sha256, policy_sha256
from services.matching.domain.round_input import RoundInput
from services.matching.engine.duals import Pricing, duals_by_place, floor_constraints
from services.matching.engine.instance import Instance, of_public
from services.matching.engine.lexicographic import Decision, FloorStage
from services.matching.engine.mip import Optimum
from services.matching.engine.objective import Objective, build_query
from services.matching.engine.pairs import Pairs


@dataclass(frozen=True)
class FixedStages:
    """What earlier stages have set: the number of pairs (None: free) and the floors, K each."""

    pairs: int | None = None
    floors: Mapping[str, int] = field(default_factory=dict)


def certify(
    given: RoundInput, pool: Instance, pairs: Pairs, decision: Decision, pricing: Pricing
) -> Certificate:
    """The proof of a decision over `pairs`; `pricing` prices all permitted pairs of the pool."""
    prover = _Prover(pool, pairs, pricing)
    most = None if decision.most_pairs is None else prover.most_pairs(decision.most_pairs)
    made = None if most is None else most.value
    floors = {stage.floor.public: stage.least for stage in decision.floors}
    score = prover.score(decision.best, FixedStages(made, floors))
    free = decision.without_floors
    without = None if free is None else prover.score(free, FixedStages(made))
    return Certificate(
        at=given.at,
        policy_version=given.policy.version,
        inputs_sha256=inputs_sha256(given),
        policy_sha256=policy_sha256(given.policy),
        most_pairs=most,
        floors=None if made is None else prover.floors(decision, made),
        score=score,
        without_floors=without,
        price_of_fairness=_price_of_fairness(made, score, without),
    )


def _price_of_fairness(
    made: int | None, score: ScoreProof, without: ScoreProof | None
) -> float | None:
    if made is None:
        return None
    return without.value - score.value if without else 0.0


class _Prover:
    def __init__(self, pool: Instance, pairs: Pairs, pricing: Pricing) -> None:
        self._pool, self._pairs, self._pricing = pool, pairs, pricing

    def most_pairs(self, stage: Optimum) -> PairsProof:
        everybody = np.ones(len(self._pool.mentees))
        bound = self.compute_bound(everybody, 0.0, stage.prices, FixedStages())
        return PairsProof(len(stage.chosen), bound, stage.prices)

    def floors(self, decision: Decision, made: int) -> tuple[FloorProof, ...]:
        """Each floor's proof, under the number of pairs and the floors before it."""
        proofs, before = [], dict[str, int]()
        for stage in decision.floors:
            proofs.append(self._floor(stage, decision.best, FixedStages(made, dict(before))))
            before[stage.floor.public] = stage.least
        return tuple(proofs)

    def _floor(self, stage: FloorStage, best: Optimum, fixed: FixedStages) -> FloorProof:
        members = of_public(self._pool, stage.floor.public).astype(np.float64)
        prices = None if stage.most is None else stage.most.prices
        return FloorProof(
            public=stage.floor.public,
            share=stage.floor.share,
            wanted=stage.wanted,
            value=stage.least,
            served=int(members[self._pairs.mentee[best.chosen]].sum()),
            bound=None if prices is None else self.compute_bound(members, 0.0, prices, fixed),
            prices=prices,
        )

    def score(self, stage: Optimum, fixed: FixedStages) -> ScoreProof:
        value = fsum(self._pairs.score[stage.chosen].tolist())
        nothing = np.zeros(len(self._pool.mentees))
        bound = max(self.compute_bound(nothing, 1.0, stage.prices, fixed), value)
        gap = gap_of(value, bound)
        proved_by: ProvedBy = "prices" if gap <= MOST_GAP else "branch_and_bound"
        return ScoreProof(value, bound, gap, stage.prices, proved_by)

    def compute_bound(
        self,
        service_value: NDArray[np.float64],
        score_weight: float,
        prices: NamedDuals,
        fixed: FixedStages,
    ) -> float:
        """The most that any choice keeping `fixed` can be worth, when a pair counts its mentee's
        `service_value` and `score_weight` times its score."""
        floors = floor_constraints(self._pool, fixed.floors)
        duals = duals_by_place(self._pool, prices, floors)
        objective = Objective(service_value, score_weight, bonus=0.0, floors=floors)
        surplus = self._pricing.max_surplus(build_query(self._pool, objective, duals))
        return duals.compute_bound(self._pool, floors, fixed.pairs or 0, surplus)
