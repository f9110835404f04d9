"""Offers that grow until no pair of the pool could better the round: column generation.

P. C. Gilmore and R. E. Gomory, "A linear programming approach to the cutting-stock problem",
Operations Research 9 (1961), for a flow: solve over the offers known, price *all* pairs at the
prices found, take in those that gain, and again. When none gains, the prices prove the optimum
over all pairs, though hardly any was ever listed.
"""

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.round import RoundUnsolved
from services.matching.engine.aim import Aim, PlacePrices, Solved, caps_of
from services.matching.engine.appraisal import Question, best_offers
from services.matching.engine.modelled import ModelledPlacement
from services.matching.engine.pairing import Pairs, together
from services.matching.engine.placement import Placement, crossing
from services.matching.engine.shelves import Market

FIRST_OFFERS = 10
"""Offers to each mentee at the first look, before anything has a price."""

MORE_OFFERS = 6
"""Offers to each mentee who could gain, at each later look."""

GAINS = 1e-9
"""A gain below it is not worth another look."""

MOST_MENDED = 5000
"""Where more mentees than this could gain, all are placed anew rather than one after the other."""

MOST_LOOKS = 200


@dataclass(frozen=True)
class Grown:
    """The optimum of an aim over all pairs, and the offers that it took to find it."""

    aim: Aim
    offers: Pairs
    solved: Solved

    @property
    def made(self) -> Pairs:
        """The pairs that are made."""
        return chosen(self.offers, self.solved.made)

    def open(self, market: Market) -> float:
        """What the prices leave open: the bound over all pairs less the value of those made."""
        prices, pool, caps = self.solved.prices, market.pool, caps_of(market.pool)
        base, price = gain_base(market, self.aim, prices), prices.of_mentors(pool)
        bound = fsum(
            [
                *(prices.mentors * pool.mentor_side.capacity).tolist(),
                *np.where(caps >= 0, prices.associations * caps, 0.0).tolist(),
                *(
                    -floor.least * f
                    for floor, f in zip(self.aim.floors, prices.floors, strict=True)
                ),
                *best_left(self.offers, base, self.aim.worth, price).tolist(),
            ]
        )
        return max(bound - fsum(self.aim.of(self.made).tolist()), 0.0)


def first_look(market: Market, bonus: float) -> tuple[Pairs, int]:
    """Some good offers for everybody while nothing has a price; how many pairs are permitted."""
    people = len(market.pool.mentees)
    nothing = np.zeros(len(market.pool.mentors))
    asked = Question(
        base=np.full(people, bonus),
        price=nothing,
        least=np.full(people, -np.inf),
        most_each=FIRST_OFFERS,
        count_all=True,
    )
    answer = best_offers(market, asked)
    return answer.offers, answer.seen


def grow(market: Market, aim: Aim, known: Pairs) -> Grown:
    """The optimum of an aim, from the offers known. Raises RoundUnsolved if it does not settle."""
    placement = (ModelledPlacement if crossing(aim.floors) else Placement)(market.pool, aim)
    offers = known
    solved = placement.place(offers)
    for _look in range(MOST_LOOKS):
        more = _gaining(market, aim, offers, solved.prices)
        if not len(more):
            return Grown(aim, offers, placement.finish(offers, solved))
        made = chosen(offers, solved.made)
        offers = united(market, offers, more)
        if len(np.unique(more.mentee)) > MOST_MENDED:
            solved = placement.place(offers)
        else:
            solved = placement.mend(offers, marked(market, offers, made))
    raise RoundUnsolved("les prix ne se stabilisent pas.")


def _gaining(market: Market, aim: Aim, offers: Pairs, prices: PlacePrices) -> Pairs:
    """The best offers, over all pairs, to those who could gain more than they do."""
    price = prices.of_mentors(market.pool)
    base = gain_base(market, aim, prices)
    left = best_left(offers, base, aim.worth, price)
    asked = Question(base, price, left + GAINS, MORE_OFFERS, aim.worth)
    return best_offers(market, asked).offers


def gain_base(market: Market, aim: Aim, prices: PlacePrices) -> NDArray[np.float64]:
    """What each mentee gains beside the score: B - μ + counted_i + F_i."""
    credit = prices.credit(aim.floors, len(market.pool.mentees))
    return np.asarray(aim.bonus - prices.pairs + aim.counted + credit)


def best_left(
    offers: Pairs, base: NDArray[np.float64], worth: float, price: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The most that each mentee gains among some offers, at least 0."""
    left = np.zeros(len(base))
    gain = base[offers.mentee] + worth * offers.score - price[offers.mentor]
    np.maximum.at(left, offers.mentee, gain)
    return left


def chosen(offers: Pairs, made: NDArray[np.bool_]) -> Pairs:
    """Those of the offers that are marked."""
    return Pairs(offers.mentee[made], offers.mentor[made], offers.score[made])


def numbered(market: Market, offers: Pairs) -> NDArray[np.int64]:
    """One number for each pair, in the order of both places."""
    return offers.mentee.astype(np.int64) * len(market.pool.mentors) + offers.mentor


def united(market: Market, *parts: Pairs) -> Pairs:
    """All offers of the parts, each once, sorted by both places."""
    everything = together(parts)
    _, first = np.unique(numbered(market, everything), return_index=True)
    return Pairs(everything.mentee[first], everything.mentor[first], everything.score[first])


def marked(market: Market, offers: Pairs, some: Pairs) -> NDArray[np.bool_]:
    """Which of the (sorted) offers are among `some`."""
    marks = np.zeros(len(offers), dtype=bool)
    marks[np.searchsorted(numbered(market, offers), numbered(market, some))] = True
    return marks
