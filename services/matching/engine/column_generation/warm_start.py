"""Where to begin: prices kept from an earlier round, or guessed from a smaller country.

One person in so many, taken from both sides, meets the same scarcity as everybody. That small round
is solved first, and what its mentees would bid for every mentor of the pool is a fair first price.
Wrong guesses cost time only: nothing that is proved later rests on them.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.people import Association
from services.matching.domain.round import RoundInput
from services.matching.engine.column_generation.bid_prices import bid_prices
from services.matching.engine.column_generation.candidate_index import CandidateIndex
from services.matching.engine.column_generation.column_pool import ColumnPool, best_of_each
from services.matching.engine.column_generation.generation import GenerationResult, generate
from services.matching.engine.column_generation.objective import Objective, build_query
from services.matching.engine.eligibility import Pairs, concatenate
from services.matching.engine.instance import Instance, pool_of

SMALL = 2_000
"""Mentees in the smaller country, at most."""

OPENING_OFFERS = 20
"""Offers to each mentee that are in play from the beginning."""


@dataclass(frozen=True)
class InitialColumns:
    """A first look at all pairs: the offers to begin with, and how many pairs are permitted."""

    column_pool: ColumnPool
    columns: Pairs
    permitted: int


def initial_columns(
    index: CandidateIndex, objective: Objective, kept: NamedDuals | None = None
) -> InitialColumns:
    """Looks at all pairs for the first time, at the prices kept, or else at guessed ones."""
    column_pool = ColumnPool(index, concatenate([]))
    price = (
        _sample_prices(index.pool, objective) if kept is None else _known_prices(index.pool, kept)
    )
    permitted = column_pool.price_all(price)
    known = column_pool.columns
    columns = best_of_each(known, known.score - price[known.mentor], OPENING_OFFERS)
    return InitialColumns(column_pool, columns, permitted)


def _known_prices(pool: Instance, kept: NamedDuals) -> NDArray[np.float64]:
    """What a place with each mentor cost; nothing, with those who are new."""
    return np.array(
        [
            kept.mentors.get(mentor.id, 0.0) + kept.associations.get(mentor.association or "", 0.0)
            for mentor in pool.mentors
        ],
        dtype=np.float64,
    )


def _sample_prices(pool: Instance, objective: Objective) -> NDArray[np.float64]:
    """What the mentees of the smaller country would pay for everybody's mentors."""
    step = -(-len(pool.mentees) // SMALL)
    if step < 2:
        return np.zeros(len(pool.mentors))
    few = _one_in(pool, step)
    small, found = _solve_sample(
        few, replace(objective, service_value=np.zeros(len(few.mentees)), floors=())
    )
    gains = build_query(small, found.objective, found.solved.prices).best_surplus(found.columns)
    bidding = CandidateIndex(pool_of(replace(few, mentors=pool.mentors)))
    bids = bid_prices(bidding, objective.bonus - gains)
    known = dict(zip(small.associations, found.solved.prices.associations.tolist(), strict=True))
    shared = np.array([*(known.get(name, 0.0) for name in pool.associations), 0.0])
    return np.asarray(np.maximum(bids, shared[pool.mentor_side.association]))


def _solve_sample(few: RoundInput, objective: Objective) -> tuple[Instance, GenerationResult]:
    index = CandidateIndex(pool_of(few))
    begun = initial_columns(index, objective)
    return index.pool, generate(begun.column_pool, objective, begun.columns)


def _one_in(pool: Instance, step: int) -> RoundInput:
    """Every so many-th person of both sides, with as much less room under each cap."""
    caps = tuple(Association(name, -(-cap // step)) for name, cap in sorted(pool.caps.items()))
    people = (pool.mentees[::step], pool.mentors[::step])
    return RoundInput(*people, pool.terms.at, caps, policy=pool.terms.policy)
