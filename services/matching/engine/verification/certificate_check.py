"""The check of a certificate: every figure in it found again from the round's input.

A stage that counts is proved when bound < value + 1, a score when its gap is at most 1e-6. Where
floors cross (two publics that share some people, neither inside the other) prices may leave a
gap that only branch and bound closed: there alone it is accepted, and said.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import fsum

from services.matching.domain.certificate import (
    MOST_GAP,
    Certificate,
    NamedDuals,
    ScoreProof,
    gap_of,
)
from services.matching.domain.fingerprint import inputs_sha256, policy_sha256
from services.matching.domain.round_input import RoundInput
from services.matching.domain.verdict import Verdict, Violation
from services.matching.engine.instance import pool_of
from services.matching.engine.verification.dual_bound import FEW_PAIRS, dual_bounds
from services.matching.engine.verification.stage_duals import EVERY_PAIR, SCORE, StageDuals

TOLERANCE = 1e-9


def is_close(stated: float, computed: float) -> bool:
    """Equal up to 1e-9, relative beyond 1."""
    return abs(stated - computed) <= TOLERANCE * max(1.0, abs(stated), abs(computed))


class ProofCheck:
    """Checks a certificate of a round: what it was given, the true scores of its pairs, and how
    many mentees of each public they serve. `few_pairs` as `dual_bounds` takes it."""

    def __init__(
        self,
        given: RoundInput,
        scores: Sequence[float],
        served: Mapping[str, int],
        few_pairs: int = FEW_PAIRS,
    ) -> None:
        self._given = given
        self._made = len(scores)
        self._score = fsum(scores)
        self._served = served
        self._few_pairs = few_pairs
        self._notes: list[str] = []

    def verdict(self, certificate: Certificate) -> Verdict:
        """Every stated figure that is not what is found."""
        broken = [*self._origin(certificate), *self._form(certificate)]
        broken += [] if broken else self._prices(certificate)
        broken += [] if broken else self._figures(certificate)
        return Verdict(tuple(broken), tuple(self._notes))

    def _origin(self, stated: Certificate) -> Iterator[Violation]:
        given = self._given
        yield from _differs("at", stated.at.isoformat(), given.at.isoformat())
        yield from _differs("policy_version", stated.policy_version, given.policy.version)
        yield from _differs("policy_sha256", stated.policy_sha256, policy_sha256(given.policy))
        yield from _differs("inputs_sha256", stated.inputs_sha256, inputs_sha256(given))

    def _form(self, stated: Certificate) -> Iterator[Violation]:
        """The stages are those of the policy."""
        counting = self._given.policy.objective == "most_pairs"
        fair = bool(self._given.policy.floors)
        for field, there, wanted in (
            ("most_pairs", stated.most_pairs is not None, counting),
            ("floors", stated.floors is not None, counting),
            ("without_floors", stated.without_floors is not None, fair),
            ("price_of_fairness", stated.price_of_fairness is not None, counting),
        ):
            if there != wanted:
                says = "attendu, d'après la politique" if wanted else "de trop pour la politique"
                yield Violation(field, f"{field} : {says}.")
        named = [(floor.public, floor.share) for floor in stated.floors or ()]
        if named != [(floor.public, floor.share) for floor in self._given.policy.floors]:
            yield Violation("floors", "floors : ce ne sont pas les planchers de la politique.")

    def _prices(self, stated: Certificate) -> Iterator[Violation]:
        """Prices stand only where the formula has a place for them."""
        for field, prices, floors, counted in _iter_stage_prices(stated):
            known = {
                "mentors": {mentor.id for mentor in self._given.mentors},
                "associations": set(self._given.caps),
                "floors": floors,
            }
            for kind, names in known.items():
                yield from _check_prices(f"{field}.prices.{kind}", getattr(prices, kind), names)
            if prices.pairs and not counted:
                yield Violation(f"{field}.prices.pairs", f"{field} : aucun nombre n'est fixé ici.")

    def _figures(self, stated: Certificate) -> Iterator[Violation]:
        pool = pool_of(self._given)
        stages = list(self._stages(stated))
        bounds = dual_bounds(pool, [prices for _, prices in stages], self._few_pairs)
        computed = dict(zip((name for name, _ in stages), bounds, strict=True))
        if stated.most_pairs is not None:
            yield from _differs("most_pairs.value", stated.most_pairs.value, self._made)
            yield from self._check_count(
                "most_pairs",
                stated.most_pairs.value,
                stated.most_pairs.bound,
                computed["most_pairs"],
            )
        yield from self._floors(stated, computed)
        yield from _differs("score.value", stated.score.value, self._score)
        yield from self._check_score("score", stated.score, computed["score"])
        yield from self._fairness(stated, computed)

    def _stages(self, stated: Certificate) -> Iterator[tuple[str, StageDuals]]:
        """Every stage with prices, by name, and what it has to keep."""
        if stated.most_pairs is not None:
            yield "most_pairs", StageDuals(EVERY_PAIR, stated.most_pairs.prices)
        fixed: dict[str, int] = {}
        for floor in stated.floors or ():
            if floor.prices is not None:
                earlier = dict(fixed)
                yield floor.public, StageDuals(floor.public, floor.prices, self._made, earlier)
            fixed[floor.public] = floor.value
        yield "score", StageDuals(SCORE, stated.score.prices, self._made, fixed)
        if stated.without_floors is not None:
            yield "without_floors", StageDuals(SCORE, stated.without_floors.prices, self._made)

    def _floors(self, stated: Certificate, computed: Mapping[str, float]) -> Iterator[Violation]:
        before: list[str] = []
        for floor, rule in zip(stated.floors or (), self._given.policy.floors, strict=True):
            name = f"floors.{floor.public}"
            yield from _differs(f"{name}.wanted", floor.wanted, rule.required_count(self._made))
            yield from _differs(f"{name}.served", floor.served, self._served.get(floor.public, 0))
            if floor.served < floor.value:
                yield Violation(name, f"{name} : {floor.served} servis, {floor.value} promis.")
            if (floor.value == floor.wanted) != (floor.bound is None) or floor.value > floor.wanted:
                yield Violation(name, f"{name} : une preuve va avec moins que le voulu, seulement.")
            elif floor.bound is not None:
                yield from self._check_count(
                    name, floor.value, floor.bound, computed[floor.public], [*before, floor.public]
                )
            before.append(floor.public)

    def _check_count(
        self, name: str, value: int, stated: float, computed: float, floors: Sequence[str] = ()
    ) -> Iterator[Violation]:
        yield from _differs(f"{name}.bound", stated, computed)
        if computed < value + 1:
            return
        if self._overlapping(floors):
            self._note(name, computed - value)
        else:
            yield Violation(name, f"{name} : les prix laissent place à {value + 1}.")

    def _check_score(self, name: str, stated: ScoreProof, computed: float) -> Iterator[Violation]:
        gap = gap_of(stated.value, computed)
        yield from _differs(f"{name}.bound", stated.bound, computed)
        if abs(stated.gap - gap) > TOLERANCE:
            yield Violation(f"{name}.gap", f"{name}.gap : annoncé {stated.gap}, trouvé {gap}.")
        crossing = self._overlapping([floor.public for floor in self._given.policy.floors])
        if stated.proved_by == "branch_and_bound" and crossing:
            self._note(name, gap)
        elif gap > MOST_GAP:
            yield Violation(f"{name}.gap", f"{name} : les prix laissent un écart de {gap:.3g}.")
        elif stated.proved_by == "branch_and_bound":
            says = "aucun plancher n'en croise un autre, les prix doivent suffire."
            yield Violation(f"{name}.proved_by", f"{name}.proved_by : {says}")

    def _fairness(self, stated: Certificate, computed: Mapping[str, float]) -> Iterator[Violation]:
        price = 0.0
        if stated.without_floors is not None:
            yield from self._check_score(
                "without_floors", stated.without_floors, computed["without_floors"]
            )
            price = stated.without_floors.value - stated.score.value
        if stated.price_of_fairness is not None:
            yield from _differs("price_of_fairness", stated.price_of_fairness, price)

    def _overlapping(self, publics: Sequence[str]) -> bool:
        members = [{m.id for m in self._given.mentees if p in m.publics} for p in publics]
        return any(a & b and a - b and b - a for a, b in combinations(members, 2))

    def _note(self, name: str, gap: float) -> None:
        self._notes.append(
            f"{name} : les prix laissent un écart de {gap:.3g} entre planchers qui se croisent ; "
            "le solveur l'a fermé par séparation et évaluation."
        )


def _iter_stage_prices(stated: Certificate) -> Iterator[tuple[str, NamedDuals, set[str], bool]]:
    """Each stage's prices, the floors that may have one, and whether a number of pairs is set."""
    counting = stated.most_pairs is not None
    if stated.most_pairs is not None:
        yield "most_pairs", stated.most_pairs.prices, set(), False
    fixed: set[str] = set()
    for floor in stated.floors or ():
        if floor.prices is not None:
            yield f"floors.{floor.public}", floor.prices, set(fixed), counting
        fixed.add(floor.public)
    yield "score", stated.score.prices, fixed, counting
    if stated.without_floors is not None:
        yield "without_floors", stated.without_floors.prices, set(), counting


def _check_prices(place: str, prices: Mapping[str, float], names: set[str]) -> Iterator[Violation]:
    for name, price in prices.items():
        if name not in names or not price > 0:
            yield Violation(place, f"{place} : « {name} » n'a pas à avoir le prix {price}.")


def _differs(field: str, stated: float | str, computed: float | str) -> Iterator[Violation]:
    if isinstance(stated, str) or isinstance(computed, str):
        same = stated == computed
    else:
        same = is_close(stated, computed)
    if not same:
        yield Violation(field, f"{field} : annoncé {stated}, trouvé {computed}.")
