"""An independent check of a round, before anybody is told: no solver, nothing taken on trust.

Pairs are judged one by one by the domain's own gates and score; the proof is priced again over
all pairs by `proof`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from services.matching.domain.certificate import Certificate
from services.matching.domain.gates import closed_gates
from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import RoundResult
from services.matching.domain.score import components_of, score_of
from services.matching.domain.verdict import Verdict, Violation
from services.matching.domain.weights import COMPONENTS, Components
from services.matching.engine.verification.certificate_check import ProofCheck

TOLERANCE = 1e-9


class Stated(Protocol):
    """A pair as somebody states it: a round's own, or a line of a file."""

    @property
    def mentee_id(self) -> str:
        """The mentee of the claimed pair."""

    @property
    def mentor_id(self) -> str:
        """The mentor of the claimed pair."""

    @property
    def score(self) -> float:
        """The score that is claimed for the pair."""

    @property
    def components(self) -> Components:
        """The components that are claimed for the score."""


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
    seen = [check.look_at(pair) for pair in pairs]
    broken = tuple(check.violations(seen))
    proof = ProofCheck(given, [one.score for one in seen], _count_served(seen))
    proved = proof.verdict(certificate)
    return Verdict(broken + proved.violations, proved.notes)


class Seen(NamedTuple):
    """A stated pair, the people it names (None: not in the round) and what they truly score."""

    pair: Stated
    mentee: Mentee | None
    mentor: Mentor | None
    computed: Components | None
    score: float


def _count_served(seen: Sequence[Seen]) -> Counter[str]:
    """Public → how many of its mentees the pairs serve."""
    return Counter(p for one in seen if one.mentee is not None for p in one.mentee.publics)


class PairCheck:
    """Judges stated pairs by the domain's rules alone."""

    def __init__(self, given: RoundInput, digits: int | None = None) -> None:
        self._given, self._digits, self._terms = given, digits, given.terms
        self._mentees = {person.id: person for person in given.mentees}
        self._mentors = {person.id: person for person in given.mentors}

    def look_at(self, pair: Stated) -> Seen:
        """The pair beside the truth; people who are not in the round score 0."""
        mentee, mentor = self._mentees.get(pair.mentee_id), self._mentors.get(pair.mentor_id)
        if mentee is None or mentor is None:
            return Seen(pair, mentee, mentor, None, 0.0)
        computed = components_of(mentee, mentor, self._given.at)
        return Seen(pair, mentee, mentor, computed, score_of(computed, self._given.policy.weights))

    def violations(self, seen: Sequence[Seen]) -> Iterator[Violation]:
        """Every rule the pairs break, pair by pair, then the limits they break together."""
        for one in seen:
            yield from self._of_pair(one)
        yield from self._mentees_twice(seen)
        yield from self._mentors_beyond(seen)
        yield from self._associations_beyond(seen)

    def _of_pair(self, seen: Seen) -> Iterator[Violation]:
        pair, mentee, mentor, computed, score = seen
        if mentee is None or mentor is None or computed is None:
            who = pair.mentee_id if mentee is None else pair.mentor_id
            yield _broken("person", pair, f"« {who} » n'est pas dans la tournée.")
            return
        for gate in closed_gates(mentee, mentor, self._terms):
            yield _broken(gate, pair, f"la porte « {gate} » est fermée.")
        yield from self._figures(pair, computed, score)

    def _figures(self, pair: Stated, computed: Components, score: float) -> Iterator[Violation]:
        if not self._same(pair.score, score):
            yield _broken("score", pair, f"score annoncé {pair.score:.6f}, trouvé {score:.6f}.")
        for name in COMPONENTS:
            stated, value = getattr(pair.components, name), getattr(computed, name)
            if not self._same(stated, value):
                says = f"{name} annoncé {stated:.6f}, trouvé {value:.6f}."
                yield _broken("components", pair, says)

    def _same(self, stated: float, computed: float) -> bool:
        rounded = computed if self._digits is None else round(computed, self._digits)
        return abs(stated - rounded) <= TOLERANCE

    def _mentees_twice(self, seen: Sequence[Seen]) -> Iterator[Violation]:
        before: set[str] = set()
        for pair, *_ in seen:
            if pair.mentee_id in before:
                yield _broken("twice", pair, "ce jeune est déjà dans un autre binôme.")
            before.add(pair.mentee_id)

    def _mentors_beyond(self, seen: Sequence[Seen]) -> Iterator[Violation]:
        taken: Counter[str] = Counter()
        for one in seen:
            taken[one.pair.mentor_id] += 1
            if one.mentor is not None and taken[one.mentor.id] > one.mentor.capacity:
                says = f"ce mentor n'a que {one.mentor.capacity} place(s) dans la tournée."
                yield _broken("capacity", one.pair, says)

    def _associations_beyond(self, seen: Sequence[Seen]) -> Iterator[Violation]:
        taken: Counter[str] = Counter()
        caps = self._given.caps
        for one in seen:
            association = one.mentor.association if one.mentor else None
            if association is None or association not in caps:
                continue
            taken[association] += 1
            if taken[association] > caps[association]:
                says = f"l'association « {association} » dépasse {caps[association]} binôme(s)."
                yield _broken("round_cap", one.pair, says)


def _broken(rule: str, pair: Stated, says: str) -> Violation:
    place = f"binôme « {pair.mentee_id} » et « {pair.mentor_id} »"
    return Violation(rule, f"{place} : {says}", pair.mentee_id, pair.mentor_id)
