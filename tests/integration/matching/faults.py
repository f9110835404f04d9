"""Engines that go wrong in known ways. They run in the solver process, so they are plain
functions that it can import."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import Pair, RoundResult
from services.matching.domain.score import components_of, score_of
from services.matching.solver_process.solve_and_verify import best_round


class NoOptimum(Exception):
    """What an engine might raise."""


def raise_fault(given: RoundInput, kept: NamedDuals | None) -> RoundResult:
    raise NoOptimum(f"{len(given.mentees)} people, whose ids must not get into a log")


def die(given: RoundInput, kept: NamedDuals | None) -> RoundResult:
    """As when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    return best_round(given, kept)


def dawdle(given: RoundInput, kept: NamedDuals | None) -> RoundResult:
    """A round that is solved once the file exists that TEST_RELEASE names."""
    while not Path(os.environ["TEST_RELEASE"]).exists():
        time.sleep(0.02)
    return best_round(given, kept)


def break_a_gate(given: RoundInput, kept: NamedDuals | None) -> RoundResult:
    """One more pair than right: a minor with a mentor who is not cleared for minors."""
    result = best_round(given, kept)
    taken = {pair.mentee_id for pair in result.pairs}
    minor = next(mentee for mentee in given.mentees if mentee.id not in taken)
    mentor = next(mentor for mentor in given.mentors if not mentor.cleared)
    components = components_of(minor, mentor, given.at)
    score = score_of(components, given.policy.weights)
    return replace(result, pairs=(*result.pairs, Pair(minor.id, mentor.id, score, components)))


def overbook(given: RoundInput, kept: NamedDuals | None) -> RoundResult:
    """Everybody with the first mentor."""
    result, mentor = best_round(given, kept), given.mentors[0]
    pairs = tuple(
        Pair(mentee.id, mentor.id, score_of(parts, given.policy.weights), parts)
        for mentee in given.mentees
        for parts in [components_of(mentee, mentor, given.at)]
    )
    return replace(result, pairs=pairs)


def miss_the_best(given: RoundInput, kept: NamedDuals | None) -> RoundResult:
    """A round of sound pairs that leaves one out, with the certificate of the whole."""
    result = best_round(given, kept)
    return replace(result, pairs=result.pairs[:-1])


def begin_from_prices(given: RoundInput, kept: NamedDuals | None) -> RoundResult:
    """No fault where there is a round before it: the engine is given the prices that it kept."""
    if kept is None:
        raise NoOptimum("nothing was kept")
    return best_round(given, kept)
