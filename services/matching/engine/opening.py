"""Where to begin: prices guessed from a smaller country.

One person in so many, taken from both sides, meets the same scarcity as everybody. That small round
is solved first, and what its mentees would bid for every mentor of the pool is a fair first price.
Wrong guesses cost time only: nothing that is proved later rests on them.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.people import Association
from services.matching.domain.round import RoundInput
from services.matching.engine.aim import Aim
from services.matching.engine.bids import highest_bids
from services.matching.engine.growth import Grown, grow, priced
from services.matching.engine.outlook import Outlook, at
from services.matching.engine.pairing import Pairs, together
from services.matching.engine.pool import Pool, pool_of
from services.matching.engine.shelves import Market

SMALL = 2_000
"""Mentees in the smaller country, at most."""

OPENING_OFFERS = 20
"""Offers to each mentee that are in play from the beginning."""


def opened(market: Market, aim: Aim) -> tuple[Outlook, Pairs, int]:
    """A first look at all pairs, the offers to begin with, and how many pairs are permitted."""
    outlook = Outlook(market, together([]))
    price = _guessed(market.pool, aim)
    permitted = outlook.first_look(price)
    return outlook, _best_of_each(outlook.known, price), permitted


def _guessed(pool: Pool, aim: Aim) -> NDArray[np.float64]:
    step = -(-len(pool.mentees) // SMALL)
    if step < 2:
        return np.zeros(len(pool.mentors))
    few = _one_in(pool, step)
    small, found = _solved(few, replace(aim, counted=np.zeros(len(few.mentees))))
    asked = priced(small, found.aim, found.solved.prices)
    gains = asked.best_left(found.offers)
    bidding = Market(pool_of(replace(few, mentors=pool.mentors)))
    bids = highest_bids(bidding, aim.bonus - gains)
    shared = dict(zip(small.associations, found.solved.prices.associations.tolist(), strict=True))
    floor_price = [shared.get(mentor.association or "", 0.0) for mentor in pool.mentors]
    return np.maximum(bids, floor_price)


def _solved(few: RoundInput, aim: Aim) -> tuple[Pool, Grown]:
    market = Market(pool_of(few))
    outlook, offers, _ = opened(market, aim)
    return market.pool, grow(outlook, aim, offers)


def _one_in(pool: Pool, step: int) -> RoundInput:
    """Every so many-th person of both sides, with as much less room under each cap."""
    caps = tuple(Association(name, -(-cap // step)) for name, cap in sorted(pool.caps.items()))
    people = (pool.mentees[::step], pool.mentors[::step])
    return RoundInput(*people, pool.terms.at, caps, policy=pool.terms.policy)


def _best_of_each(known: Pairs, price: NDArray[np.float64]) -> Pairs:
    """The best few offers to each mentee at these prices."""
    gain = known.score - price[known.mentor]
    order = np.lexsort((-gain, known.mentee))
    mentee = known.mentee[order]
    rank = np.arange(len(order)) - np.searchsorted(mentee, mentee)
    return at(known, np.sort(order[rank < OPENING_OFFERS]))
