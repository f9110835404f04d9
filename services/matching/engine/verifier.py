"""An independent check of a round, before anybody is told: no solver, nothing taken on trust.

Pairs are judged one by one by the domain's own gates and score; the proof is priced again over
all pairs by `proof`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from services.matching.domain.certificate import Certificate
from services.matching.domain.gates import closed_gates
from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.round import RoundInput, RoundResult
from services.matching.domain.score import Components, components_of, score_of
from services.matching.domain.verdict import Verdict, Violation
from services.matching.engine.proof import ProofCheck

TOLERANCE = 1e-9


class Stated(Protocol):
    """A pair as somebody states it: a round's own, or a line of a file."""

    @property
    def mentee_id(self) -> str: ...
    @property
    def mentor_id(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def components(self) -> Components: ...


def verify_round(given: RoundInput, result: RoundResult) -> Verdict:
    """Checks a round that was just solved, as `verify` does."""
    return verify(given, result.pairs, result.certificate)


def verify(
    given: RoundInput,
    pairs: Sequence[Stated],
    certificate: Certificate,
    digits: int | None = None,
) -> Verdict:
    """Checks pairs and their proof against what the round was given.

    `digits`: the decimals that the stated figures of pairs were rounded to (None: not at all).
    """
    check = PairCheck(given, digits)
    broken = tuple(check.violations(pairs))
    proof = ProofCheck(given, [check.score(pair) for pair in pairs], _served(given, pairs))
    found = proof.verdict(certificate)
    return Verdict(broken + found.violations, found.notes)


def _served(given: RoundInput, pairs: Sequence[Stated]) -> Counter[str]:
    """Public → how many of its mentees the pairs serve."""
    publics = {mentee.id: mentee.publics for mentee in given.mentees}
    return Counter(p for pair in pairs for p in publics.get(pair.mentee_id, frozenset()))


class PairCheck:
    """Judges stated pairs by the domain's rules alone."""

    def __init__(self, given: RoundInput, digits: int | None = None) -> None:
        self._given, self._digits = given, digits
        self._mentees = {person.id: person for person in given.mentees}
        self._mentors = {person.id: person for person in given.mentors}

    def violations(self, pairs: Sequence[Stated]) -> Iterator[Violation]:
        """Every rule the pairs break, pair by pair, then the limits they break together."""
        for pair in pairs:
            yield from self._of_pair(pair)
        yield from self._mentees_twice(pairs)
        yield from self._mentors_beyond(pairs)
        yield from self._associations_beyond(pairs)

    def score(self, pair: Stated) -> float:
        """The pair's true score; 0 for people who are not in the round."""
        mentee, mentor = self._people(pair)
        if mentee is None or mentor is None:
            return 0.0
        return score_of(self._components(mentee, mentor), self._given.policy.weights)

    def _people(self, pair: Stated) -> tuple[Mentee | None, Mentor | None]:
        return self._mentees.get(pair.mentee_id), self._mentors.get(pair.mentor_id)

    def _components(self, mentee: Mentee, mentor: Mentor) -> Components:
        return components_of(mentee, mentor, self._given.at)

    def _of_pair(self, pair: Stated) -> Iterator[Violation]:
        mentee, mentor = self._people(pair)
        if mentee is None or mentor is None:
            who = pair.mentee_id if mentee is None else pair.mentor_id
            yield _broken("person", pair, f"« {who} » n'est pas dans la tournée.")
            return
        for gate in closed_gates(mentee, mentor, self._given.terms):
            yield _broken(gate, pair, f"la porte « {gate} » est fermée.")
        yield from self._figures(pair, self._components(mentee, mentor))

    def _figures(self, pair: Stated, found: Components) -> Iterator[Violation]:
        score = score_of(found, self._given.policy.weights)
        if not self._same(pair.score, score):
            yield _broken("score", pair, f"score annoncé {pair.score:.6f}, trouvé {score:.6f}.")
        stated = pair.components.by_name()
        for name, value in found.by_name().items():
            if not self._same(stated[name], value):
                says = f"{name} annoncé {stated[name]:.6f}, trouvé {value:.6f}."
                yield _broken("components", pair, says)

    def _same(self, stated: float, found: float) -> bool:
        rounded = found if self._digits is None else round(found, self._digits)
        return abs(stated - rounded) <= TOLERANCE

    def _mentees_twice(self, pairs: Sequence[Stated]) -> Iterator[Violation]:
        seen: set[str] = set()
        for pair in pairs:
            if pair.mentee_id in seen:
                yield _broken("twice", pair, "ce jeune est déjà dans un autre binôme.")
            seen.add(pair.mentee_id)

    def _mentors_beyond(self, pairs: Sequence[Stated]) -> Iterator[Violation]:
        taken: Counter[str] = Counter()
        for pair in pairs:
            mentor = self._mentors.get(pair.mentor_id)
            taken[pair.mentor_id] += 1
            if mentor is not None and taken[pair.mentor_id] > mentor.capacity:
                says = f"ce mentor n'a que {mentor.capacity} place(s) dans la tournée."
                yield _broken("capacity", pair, says)

    def _associations_beyond(self, pairs: Sequence[Stated]) -> Iterator[Violation]:
        taken: Counter[str] = Counter()
        caps = self._given.caps
        for pair in pairs:
            mentor = self._mentors.get(pair.mentor_id)
            association = mentor.association if mentor else None
            if association is None or association not in caps:
                continue
            taken[association] += 1
            if taken[association] > caps[association]:
                says = f"l'association « {association} » dépasse {caps[association]} binôme(s)."
                yield _broken("round_cap", pair, says)


def _broken(rule: str, pair: Stated, says: str) -> Violation:
    place = f"binôme « {pair.mentee_id} » et « {pair.mentor_id} »"
    return Violation(rule, f"{place} : {says}", pair.mentee_id, pair.mentor_id)
