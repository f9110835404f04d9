"""The stages of a round where its pairs are too many to list: a whole country at once.

The same stages as `stages`, each solved as a flow over offers that grow until the prices prove it
over all pairs (`growth`). The deciding model is PuLP's all the same, stated over the pairs that
survive the proof (`deciding`). The optimum is that of `stages`; where several rounds are equally
good, another of them may be made, but always the same one for the same people.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import Prices
from services.matching.domain.policy import Floor
from services.matching.domain.round import RoundUnsolved
from services.matching.engine.column_generation.candidate_index import Market
from services.matching.engine.column_generation.cardinality_proof import (
    Cover,
    dear_places,
    places_in,
    without_bonus,
)
from services.matching.engine.column_generation.column_pool import GAINS, Outlook, marked, united
from services.matching.engine.column_generation.generation import Grown, grow, hold
from services.matching.engine.column_generation.objective import Aim, HeldFloor, PlacePrices, priced
from services.matching.engine.column_generation.restricted_master import crossing
from services.matching.engine.column_generation.variable_fixing import (
    TooManyEquals,
    decide_among_survivors,
)
from services.matching.engine.column_generation.warm_start import opened
from services.matching.engine.duals import Priced, Pricing
from services.matching.engine.eligibility import Pairs
from services.matching.engine.instance import Pool
from services.matching.engine.lexicographic import Decision, FloorStage
from services.matching.engine.mip import Optimum, of_public

FIRST_BONUS, LARGEST_BONUS = 8.0, float(1 << 20)
"""What a pair counts beside its score. It has to outweigh what a chain of people who move over
could gain; when the proof of the most pairs fails, it was too small."""

_DIGITS = 12


@dataclass(frozen=True)
class NationalRound:
    """A decision over `pairs` (those ever looked at), the way to price all, and how many are
    permitted."""

    pairs: Pairs
    decision: Decision
    pricing: Pricing
    permitted: int


def decide_nationally(pool: Pool, kept: Prices | None = None) -> NationalRound:
    """The best round of a pool of any size, the same one from any prices kept. Raises
    RoundUnsolved."""
    country = _Country(pool, kept)
    try:
        if pool.terms.policy.objective == "score":
            return country.by_score()
        return country.by_pairs()
    except TooManyEquals:
        return decide_nationally(pool)


@dataclass
class _Country:
    pool: Pool
    kept: Prices | None
    outlook: Outlook = field(init=False)
    offers: Pairs = field(init=False)
    permitted: int = field(init=False)
    _floors: list[FloorStage] = field(default_factory=list)

    def __post_init__(self) -> None:
        aim = self._aim(FIRST_BONUS if self.pool.terms.policy.objective == "most_pairs" else 0.0)
        begun = opened(Market(self.pool), aim, self.kept)
        self.outlook, self.offers, self.permitted = begun.outlook, begun.offers, begun.permitted

    def by_score(self) -> NationalRound:
        """The score alone counts."""
        best = self._grow(self._aim(bonus=0.0))
        return self._decided(best, None, None, None)

    def by_pairs(self) -> NationalRound:
        """Most pairs, then the floors, then the score."""
        free, cover = self._most_pairs()
        most = Optimum(np.arange(len(free.made)), self._named(cover.prices(), ()), whole=True)
        best = self._fair(free)
        natural = self._natural(best)
        return self._decided(best, most, free if self.pool.terms.policy.floors else None, natural)

    def _aim(self, bonus: float) -> Aim:
        """A free round: its floors, where a flow can hold them, ask for nobody yet."""
        floors = tuple(
            HeldFloor(floor.public, of_public(self.pool, floor.public), 0)
            for floor in self.pool.terms.policy.floors
        )
        nobody = np.zeros(len(self.pool.mentees))
        return Aim(nobody, worth=1.0, bonus=bonus, floors=() if crossing(floors) else floors)

    def _grow(self, aim: Aim) -> Grown:
        grown = grow(self.outlook, aim, self.offers)
        self.offers = grown.offers
        return grown

    def _most_pairs(self) -> tuple[Grown, Cover]:
        """The best score of the most pairs, without floors, and the proof that they are most."""
        bonus = FIRST_BONUS
        while bonus <= LARGEST_BONUS:
            free = self._grow(self._aim(bonus))
            cover = dear_places(self.pool, free.solved.prices, bonus)
            if self._most_with(cover) < len(free.made) + 1:
                return free, cover
            bonus *= 8
        raise RoundUnsolved("le plus grand nombre de binômes n'a pas pu être prouvé.")

    def _most_with(self, cover: Cover) -> float:
        """The most pairs there can be: dear places, and mentees who may still have a cheap one."""
        price = cover.prices().of_mentors(self.pool)
        cheap = self.outlook.most_left(Priced(np.ones(len(self.pool.mentees)), 0.0, price))
        return float(places_in(self.pool, cover) + cheap.sum())

    def _fair(self, free: Grown) -> Grown:
        """The best score with all floors held, each at its K."""
        pairs = len(free.made)
        self._floors = [
            FloorStage(floor, floor.wanted(pairs), floor.wanted(pairs), None)
            for floor in self.pool.terms.policy.floors
        ]
        best = self._holding(free, self._held())
        if best is None:
            self._set_floors(free)
            best = self._grow(replace(free.aim, floors=self._held()))
        return best

    def _holding(self, free: Grown, held: tuple[HeldFloor, ...]) -> Grown | None:
        """The best round that serves all that is wanted; None where that cannot be, or where it
        cannot be known so simply."""
        if crossing(held):
            return free if _kept(free.made, held) else None
        best = hold(self.outlook, free, held)
        self.offers = best.offers
        return best if len(best.made) == len(free.made) and _kept(best.made, held) else None

    def _held(self) -> tuple[HeldFloor, ...]:
        """The floors set so far."""
        return tuple(
            HeldFloor(stage.floor.public, of_public(self.pool, stage.floor.public), stage.least)
            for stage in self._floors
        )

    def _set_floors(self, free: Grown) -> None:
        """Each floor's K, one after the other."""
        wanted, self._floors = [stage.wanted for stage in self._floors], []
        for floor, count in zip(self.pool.terms.policy.floors, wanted, strict=True):
            self._floors.append(self._floor(floor, count, free, self._held()))

    def _floor(
        self, floor: Floor, wanted: int, free: Grown, held: tuple[HeldFloor, ...]
    ) -> FloorStage:
        """K: what is wanted, or the most that can be served with what is held already.

        Offers known may show at once that everything wanted can be served; else all pairs are
        priced for this count, so that the certificate can prove what is missing.
        """
        members = of_public(self.pool, floor.public)
        if _kept(free.made, (*held, HeldFloor(floor.public, members, wanted))):
            return FloorStage(floor, wanted, wanted, None)
        aim = replace(free.aim, counted=members.astype(np.float64), worth=0.0, floors=held)
        most = self._grow(aim)
        made = most.made
        if crossing(held):
            kept = [(other.public, other.least) for other in held]
            made = decide_among_survivors(self.outlook, most, kept)
        served = int(members[made.mentee].sum())
        if served >= wanted:
            return FloorStage(floor, wanted, wanted, None)
        prices = replace(most.solved.prices, pairs=-aim.bonus)
        proof = Optimum(np.arange(served), self._named(prices, held), whole=True)
        return FloorStage(floor, wanted, served, proof)

    def _natural(self, best: Grown) -> PlacePrices:
        """The prices of a round without the bonus in them, as far as that leaves them a proof."""
        prices, bonus = best.solved.prices, best.aim.bonus
        left = self._left(best.aim, prices)
        cover = dear_places(self.pool, prices, bonus)
        cheap = np.zeros(len(left), dtype=bool)
        cheap[best.made.mentee] = prices.of_mentors(self.pool)[best.made.mentor] <= bonus / 2
        if places_in(self.pool, cover) + int(cheap.sum()) != len(best.made):
            return replace(prices, pairs=-bonus)
        lowered = without_bonus(prices, cover, bonus, left[cheap])
        room = bonus + lowered.pairs
        over = self._left(replace(best.aim, bonus=0.0), lowered) - (left - room * cheap)
        if over.max(initial=0.0) <= GAINS:
            return lowered
        return without_bonus(prices, cover, bonus, np.array([room - over.max()]))

    def _left(self, aim: Aim, prices: PlacePrices) -> NDArray[np.float64]:
        return self.outlook.most_left(priced(self.pool, aim, prices))

    def _decided(
        self,
        best: Grown,
        most: Optimum | None,
        free: Grown | None,
        natural: PlacePrices | None,
    ) -> NationalRound:
        """What PuLP decides among the pairs that survive the proof of the best round found."""
        prices = natural or best.solved.prices
        held = [(stage.floor.public, stage.least) for stage in self._floors]
        made = decide_among_survivors(self.outlook, best, held, alone=self.kept is not None)
        self.offers = united(self.outlook.market, self.offers, made)
        chosen = Optimum(self._places(made), self._named(prices, best.aim.floors), whole=True)
        without = None
        if free is not None:
            bonus_out = replace(free.solved.prices, pairs=-free.aim.bonus, floors=np.zeros(0))
            without = Optimum(self._places(free.made), self._named(bonus_out, ()), whole=True)
        decision = Decision(chosen, most, tuple(self._floors), without)
        return NationalRound(self.offers, decision, self.outlook, self.permitted)

    def _places(self, made: Pairs) -> NDArray[np.int64]:
        return np.flatnonzero(marked(self.outlook.market, self.offers, made))

    def _named(self, prices: PlacePrices, floors: Iterable[HeldFloor]) -> Prices:
        """Prices by the names of those they belong to, as a certificate states them."""
        pool = self.pool
        return Prices(
            mentors=_above_zero((mentor.id for mentor in pool.mentors), prices.mentors),
            associations=_above_zero(pool.associations, prices.associations),
            floors=_above_zero((floor.public for floor in floors), prices.floors),
            pairs=round(prices.pairs, _DIGITS),
        )


def _above_zero(names: Iterable[str], prices: NDArray[np.float64]) -> dict[str, float]:
    rounded = zip(names, np.round(prices, _DIGITS).tolist(), strict=True)
    return {name: price for name, price in rounded if price > 0}


def _kept(made: Pairs, floors: Iterable[HeldFloor]) -> bool:
    """Do these pairs serve as many of each public as its floor asks?"""
    return all(int(floor.members[made.mentee].sum()) >= floor.least for floor in floors)
