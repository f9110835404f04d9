"""One way, in a process of its own: `python -m deploy.bench.matching.child REQUEST RESULT`.

The way and its solver are loaded and warmed up on a tiny round, the country is made from its
seed; only then the watch starts. Both files are JSON.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from math import fsum
from pathlib import Path

from deploy.bench.matching.country import Size, national
from deploy.bench.matching.memory import peak_mb
from deploy.bench.matching.outcome import Outcome
from deploy.bench.matching.row import Row
from deploy.bench.matching.solvers import SOLVERS, Module
from services.matching.domain.round_input import RoundInput, RoundUnsolved
from services.matching.domain.score import components_of, score_of


def iter_measurements(solver: str, size: Size, limit: float) -> Iterator[Row]:
    """A row for each outcome of a way."""
    module, warm_up = SOLVERS[solver].load(), SOLVERS[solver].warm_up
    for _ in module.run(national(Size(warm_up, warm_up, size.seed)), limit):
        pass
    given = national(size)
    try:
        yield from _time_outcomes(module, given, limit)
    except RoundUnsolved as unsolved:
        yield Row(solver, "failed", says=str(unsolved))


def _time_outcomes(module: Module, given: RoundInput, limit: float) -> Iterator[Row]:
    ready = peak_mb()
    outcomes, start = module.run(given, limit), time.perf_counter()
    while (outcome := next(outcomes, None)) is not None:
        seconds = time.perf_counter() - start
        counted = seconds if outcome.seconds is None else outcome.seconds
        yield _row(given, outcome, counted, ready)
        start = time.perf_counter()


def _row(given: RoundInput, outcome: Outcome, seconds: float, ready: float) -> Row:
    """What was measured, and what the domain's own score and rules say of the pairs."""
    row = Row(
        outcome.way,
        "measured" if outcome.fault is None else "failed",
        says=outcome.fault,
        seconds=round(seconds, 6),
        # The kernel counts in batches: what it says later can be a little less than before.
        peak_mb=round(max(peak_mb(), ready), 1),
        ready_mb=round(ready, 1),
        gap=outcome.gap,
        proof=outcome.proof,
        permitted=outcome.permitted,
        limit_reached=outcome.limit_reached,
        steps=dict(outcome.steps),
        figures=dict(outcome.figures),
    )
    if outcome.pairs is not None:
        row.pairs = len(outcome.pairs)
        _judge(row, given, dict(outcome.pairs))
    return row


def _judge(row: Row, given: RoundInput, mentor_of: dict[str, str]) -> None:
    mentors = {mentor.id: mentor for mentor in given.mentors}
    made = [(m, mentors[mentor_of[m.id]]) for m in given.mentees if m.id in mentor_of]
    weights = given.policy.weights
    row.score = fsum(score_of(components_of(a, b, given.at), weights) for a, b in made)
    taken = Counter(mentor.association for _, mentor in made)
    row.beyond_caps = sum(max(0, taken[name] - cap) for name, cap in given.caps.items())
    floor = given.policy.floors[0]
    row.served = sum(floor.public in mentee.publics for mentee, _ in made)
    row.wanted = floor.required_count(len(made))


def main(request: Path, result: Path) -> None:
    """Reads what is asked, writes the rows."""
    asked = json.loads(request.read_text(encoding="utf-8"))
    rows = iter_measurements(asked["way"], Size(**asked["size"]), asked["limit"])
    result.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
