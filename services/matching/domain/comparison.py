"""Two outcomes of one pool, side by side: the round that was held, and what another policy would
make of it. Nothing here changes anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from services.matching.domain.certificate import Certificate
from services.matching.domain.people import Mentee
from services.matching.domain.round_result import FloorServed, Pair
from services.matching.domain.score import score_of
from services.matching.domain.weights import Weights


@dataclass(frozen=True)
class RoundSummary:
    """A set of pairs under its own policy; `floors` are what that policy wanted and served.

    `price_of_fairness` is None where the policy aims at the score alone.
    """

    pairs: tuple[Pair, ...]
    weights: Weights
    floors: tuple[FloorServed, ...]
    price_of_fairness: float | None

    def score_under(self, weights: Weights) -> float:
        """The total score of these pairs, as these weights count it."""
        return fsum(score_of(pair.components, weights) for pair in self.pairs)

    def mentor_of(self) -> dict[str, str]:
        """Mentee id → mentor id."""
        return {pair.mentee_id: pair.mentor_id for pair in self.pairs}

    def count_served(self, mentees: Iterable[Mentee], public: str) -> int:
        """How many mentees of a public have a pair."""
        paired = self.mentor_of()
        return sum(public in person.publics and person.id in paired for person in mentees)


@dataclass(frozen=True)
class Moves:
    """What happens to the mentees: the same mentor, another one, one at last, none any more."""

    kept: int
    changed: int
    new: int
    lost: int


def moves(before: RoundSummary, after: RoundSummary) -> Moves:
    """How the second outcome differs from the first, mentee by mentee."""
    first, second = before.mentor_of(), after.mentor_of()
    both = first.keys() & second.keys()
    unchanged = sum(first[mentee] == second[mentee] for mentee in both)
    return Moves(
        kept=unchanged,
        changed=len(both) - unchanged,
        new=len(second.keys() - both),
        lost=len(first.keys() - both),
    )


def outcome(pairs: Iterable[Pair], weights: Weights, certificate: Certificate) -> RoundSummary:
    """Pairs with what their certificate says of floors and fairness."""
    floors = tuple(
        FloorServed(floor.public, floor.wanted, floor.served) for floor in certificate.floors or ()
    )
    return RoundSummary(tuple(pairs), weights, floors, certificate.price_of_fairness)


def publics_named(*outcomes: RoundSummary) -> tuple[str, ...]:
    """Every public that has a floor under one of the policies, in their order."""
    named: Mapping[str, None] = dict.fromkeys(
        floor.public for each in outcomes for floor in each.floors
    )
    return tuple(named)
