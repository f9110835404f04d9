"""Where to begin: prices kept from an earlier round, or guessed from a smaller country.

One person in so many, taken from both sides, meets the same scarcity as everybody. That small round
is solved first, and what its mentees would bid for every mentor of the pool is a fair first price.
Wrong guesses cost time only: nothing that is proved later rests on them.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import Prices
from services.matching.domain.people import Association
from services.matching.domain.round import RoundInput
from services.matching.engine.column_generation.bid_prices import highest_bids
from services.matching.engine.column_generation.candidate_index import Market
from services.matching.engine.column_generation.column_pool import Outlook, best_of_each
from services.matching.engine.column_generation.generation import Grown, grow
from services.matching.engine.column_generation.objective import Aim, priced
from services.matching.engine.eligibility import Pairs, together
from services.matching.engine.instance import Pool, pool_of

SMALL = 2_000
"""Mentees in the smaller country, at most."""

OPENING_OFFERS = 20
"""Offers to each mentee that are in play from the beginning."""


@dataclass(frozen=True)
class Opening:
    """A first look at all pairs: the offers to begin with, and how many pairs are permitted."""

    outlook: Outlook
    offers: Pairs
    permitted: int


def opened(market: Market, aim: Aim, kept: Prices | None = None) -> Opening:
    """Looks at all pairs for the first time, at the prices kept, or else at guessed ones."""
    outlook = Outlook(market, together([]))
    price = _guessed(market.pool, aim) if kept is None else _known(market.pool, kept)
    permitted = outlook.first_look(price)
    known = outlook.known
    offers = best_of_each(known, known.score - price[known.mentor], OPENING_OFFERS)
    return Opening(outlook, offers, permitted)


def _known(pool: Pool, kept: Prices) -> NDArray[np.float64]:
    """What a place with each mentor cost; nothing, with those who are new."""
    return np.array(
        [
            kept.mentors.get(mentor.id, 0.0) + kept.associations.get(mentor.association or "", 0.0)
            for mentor in pool.mentors
        ],
        dtype=np.float64,
    )


def _guessed(pool: Pool, aim: Aim) -> NDArray[np.float64]:
    """What the mentees of the smaller country would pay for everybody's mentors."""
    step = -(-len(pool.mentees) // SMALL)
    if step < 2:
        return np.zeros(len(pool.mentors))
    few = _one_in(pool, step)
    small, found = _solved(few, replace(aim, counted=np.zeros(len(few.mentees)), floors=()))
    gains = priced(small, found.aim, found.solved.prices).best_left(found.offers)
    bidding = Market(pool_of(replace(few, mentors=pool.mentors)))
    bids = highest_bids(bidding, aim.bonus - gains)
    known = dict(zip(small.associations, found.solved.prices.associations.tolist(), strict=True))
    shared = np.array([*(known.get(name, 0.0) for name in pool.associations), 0.0])
    return np.asarray(np.maximum(bids, shared[pool.mentor_side.association]))


def _solved(few: RoundInput, aim: Aim) -> tuple[Pool, Grown]:
    market = Market(pool_of(few))
    begun = opened(market, aim)
    return market.pool, grow(begun.outlook, aim, begun.offers)


def _one_in(pool: Pool, step: int) -> RoundInput:
    """Every so many-th person of both sides, with as much less room under each cap."""
    caps = tuple(Association(name, -(-cap // step)) for name, cap in sorted(pool.caps.items()))
    people = (pool.mentees[::step], pool.mentors[::step])
    return RoundInput(*people, pool.terms.at, caps, policy=pool.terms.policy)
