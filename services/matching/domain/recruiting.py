"""The recruiting signal: what one more mentor of a kind would bring to a round.

A kind is a need, a school level and a territory: a département, or "à distance". The mentor
imagined of it has one place, every slot, speaks French, is cleared for minors, belongs to no
association and names no sector; one for a département meets there only, one at a distance lives
far from everybody. A real mentor with more to offer brings at least as much.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.matching.domain.gates import closed_gates
from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.round_input import Terms
from services.matching.domain.score import components_of, score_of
from shared.contracts.vocabulary import DEPARTMENTS, REGION_OF, SLOTS

REMOTE = "remote"
"""The territory of mentors who meet at a distance only."""

MOST_KINDS = 60
"""Kinds kept of a round, the most worth first."""

_DIGITS = 2
"""Scores that read the same count the same."""


@dataclass(frozen=True, order=True)
class Kind:
    """Whom to look for. `territory` is a département's code or `REMOTE`."""

    need: str
    level: str
    territory: str


@dataclass(frozen=True)
class Signal:
    """What one more mentor of a kind would bring at most, by the prices of a round.

    `pairs`: 1 where one more pair can be made, else 0. `score`: by how much the total score can
    rise with the same number of pairs. `waiting`: mentees of the kind whom the round left without
    a mentor.
    """

    kind: Kind
    pairs: int
    score: float
    waiting: int


def kinds_of(mentee: Mentee) -> Iterator[Kind]:
    """Every kind of mentor that a mentee waits for."""
    territories = (mentee.department, REMOTE) if mentee.remote else (mentee.department,)
    for territory in territories:
        for need in sorted(mentee.needs):
            yield Kind(need, mentee.level, territory)


def imagine_mentor(kind: Kind, home: str) -> Mentor:
    """The mentor of a kind; `home` is the département where one at a distance lives."""
    return Mentor(
        id="",
        offers=frozenset({kind.need}),
        slots=frozenset(SLOTS),
        levels=frozenset({kind.level}),
        department=home if kind.territory == REMOTE else kind.territory,
        remote=kind.territory == REMOTE,
        cleared=True,
    )


def score_with(mentee: Mentee, territory: str, terms: Terms) -> float | None:
    """The score of a mentee with a mentor of any kind they wait for in a territory.

    It is the same for each of their needs: one of them is met. None where a gate stays closed.
    """
    kind = Kind(min(mentee.needs), mentee.level, territory)
    mentor = imagine_mentor(kind, _far_from(mentee.department))
    if closed_gates(mentee, mentor, terms):
        return None
    return score_of(components_of(mentee, mentor, terms.at), terms.policy.weights)


def rank_signals(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """The kinds that bring something: first those with a pair more, where most wait; then those
    that only better the score, the most first."""
    value = (one for one in signals if one.pairs or one.score > 0)
    return tuple(sorted(value, key=_place)[:MOST_KINDS])


def _place(signal: Signal) -> tuple[int, float, float, Kind]:
    score = round(signal.score, _DIGITS)
    first, then = (signal.waiting, score) if signal.pairs else (score, signal.waiting)
    return -signal.pairs, -first, -then, signal.kind


def _far_from(department: str) -> str:
    """A département of another region."""
    return next(one for one in DEPARTMENTS if REGION_OF[one] != REGION_OF[department])
