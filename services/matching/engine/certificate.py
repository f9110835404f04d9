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
from services.matching.domain.round import RoundInput
from services.matching.engine.duals import Pricing, PricingQuery
from services.matching.engine.eligibility import Pairs
from services.matching.engine.instance import Instance
from services.matching.engine.lexicographic import Decision, FloorStage
from services.matching.engine.mip import Optimum, of_public


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

    def _floor(self, stage: FloorStage, best: Optimum, held: FixedStages) -> FloorProof:
        members = of_public(self._pool, stage.floor.public).astype(np.float64)
        prices = None if stage.most is None else stage.most.prices
        return FloorProof(
            public=stage.floor.public,
            share=stage.floor.share,
            wanted=stage.wanted,
            value=stage.least,
            served=int(members[self._pairs.mentee[best.chosen]].sum()),
            bound=None if prices is None else self.compute_bound(members, 0.0, prices, held),
            prices=prices,
        )

    def score(self, stage: Optimum, held: FixedStages) -> ScoreProof:
        value = fsum(self._pairs.score[stage.chosen].tolist())
        nothing = np.zeros(len(self._pool.mentees))
        bound = max(self.compute_bound(nothing, 1.0, stage.prices, held), value)
        gap = gap_of(value, bound)
        proved_by: ProvedBy = "prices" if gap <= MOST_GAP else "branch_and_bound"
        return ScoreProof(value, bound, gap, stage.prices, proved_by)

    def compute_bound(
        self, counted: NDArray[np.float64], value: float, prices: NamedDuals, held: FixedStages
    ) -> float:
        """The most that any choice keeping `held` can be worth, when a pair counts as much as
        its mentee does and `worth` times its score."""
        fixed = [prices.pairs * (held.pairs or 0)]
        fixed += [m.capacity * prices.mentors.get(m.id, 0.0) for m in self._pool.mentors]
        fixed += [cap * prices.associations.get(k, 0.0) for k, cap in self._pool.caps.items()]
        fixed += [-least * prices.floors.get(p, 0.0) for p, least in held.floors.items()]
        base = counted - prices.pairs + self._floor_prices(prices)
        asked = PricingQuery(base, value, self._place_prices(prices))
        return fsum((*fixed, *self._pricing.max_surplus(asked).tolist()))

    def _place_prices(self, prices: NamedDuals) -> NDArray[np.float64]:
        """v_j + a_k(j) of each mentor."""
        own = np.array([prices.mentors.get(m.id, 0.0) for m in self._pool.mentors])
        shared = [prices.associations.get(k, 0.0) for k in self._pool.associations]
        return np.asarray(own + np.array([*shared, 0.0])[self._pool.mentor_side.association])

    def _floor_prices(self, prices: NamedDuals) -> NDArray[np.float64]:
        """F_i of each mentee."""
        total = np.zeros(len(self._pool.mentees))
        for public, price in prices.floors.items():
            total += price * of_public(self._pool, public)
        return total
