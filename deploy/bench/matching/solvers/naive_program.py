"""The program as one would first write it: PuLP, a binary for each permitted pair, HiGHS.

First the most pairs; then, with their number fixed and the floor held, the best score. The
solver keeps its own settings, so it stops within a gap of 1e-4.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from deploy.bench.matching.outcome import Outcome, Timings
from services.matching.domain.round_input import RoundInput
from services.matching.engine.eligibility import iter_eligible_pairs
from services.matching.engine.instance import NONE, Instance, pool_of
from services.matching.engine.pairs import Pairs, concatenate

_CHOSEN = 0.5
"""A variable of 0 or 1 above it is 1, within the solver's tolerance."""

FOUND = (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)


class LimitReached(Exception):
    """The time is up and no round is known."""


def run(given: RoundInput, limit: float) -> Iterator[Outcome]:
    """One outcome; `limit` holds for both stages together."""
    timings = Timings()
    timings.begin("pairs")
    pool = pool_of(given)
    pairs = concatenate(list(iter_eligible_pairs(pool)))
    timings.begin("model")
    program = _Program(pool, pairs, timings, time.monotonic() + limit)
    try:
        chosen = program.best() if len(pairs) else []
    except LimitReached:
        chosen = None
    yield Outcome(
        "pulp",
        pairs=None if chosen is None else _ids(pool, pairs, chosen),
        proof=None if chosen is None else "solver_gap",
        gap=None if chosen is None else program.gap,
        permitted=len(pairs),
        limit_reached=program.limit_reached,
        steps=timings.finish(),
    )


class _Program:
    """The program, its stages and what the solver said last."""

    def __init__(self, pool: Instance, pairs: Pairs, timings: Timings, until: float) -> None:
        self._pool, self._pairs, self._timings, self._until = pool, pairs, timings, until
        self.gap, self.limit_reached = 0.0, False
        self._problem = pulp.LpProblem("round", pulp.LpMaximize)
        self._made = [
            self._problem.add_variable(f"x_{k}", cat=pulp.LpBinary) for k in range(len(pairs))
        ]
        self._state()

    def best(self) -> list[int]:
        """The chosen places. Raises LimitReached where a stage has found nothing in its time."""
        made = len(self._maximise(self._made))
        self._add(pulp.lpSum(self._made) == made)
        wanted = [
            (floor.public, floor.required_count(made)) for floor in self._pool.terms.policy.floors
        ]
        floors = {public: self._floor(public, least) for public, least in wanted}
        weighted = zip(self._pairs.score.tolist(), self._made, strict=True)
        scored = [score * one for score, one in weighted]
        chosen = self._maximise(scored)
        if self._problem.status != pulp.LpStatusInfeasible:
            return chosen
        self._lower(floors, dict(wanted))
        return self._maximise(scored)

    def _state(self) -> None:
        """Each mentee once, each mentor and each association as far as they can."""
        mentors, side = self._pool.mentors, self._pool.mentor_side
        self._limit(self._pairs.mentee, lambda _: 1)
        self._limit(self._pairs.mentor, lambda mentor: mentors[mentor].capacity)
        names, caps = self._pool.associations, self._pool.caps
        self._limit(side.association[self._pairs.mentor], lambda k: caps.get(names[k]))

    def _limit(self, keys: NDArray[np.int32], most: Callable[[int], int | None]) -> None:
        rows: dict[int, list[pulp.LpVariable]] = {}
        for key, one in zip(keys.tolist(), self._made, strict=True):
            rows.setdefault(key, []).append(one)
        for key, row in rows.items():
            limit = None if key == NONE else most(key)
            if limit is not None:
                self._add(pulp.lpSum(row) <= limit)

    def _floor(self, public: str, least: int) -> Any:
        served = pulp.lpSum(self._of_public(public))
        return self._add(served >= least)

    def _of_public(self, public: str) -> list[pulp.LpVariable]:
        served = zip(self._pairs.mentee.tolist(), self._made, strict=True)
        return [one for i, one in served if public in self._pool.mentees[i].publics]

    def _lower(self, floors: Mapping[str, Any], wanted: Mapping[str, int]) -> None:
        """Where the floors cannot be held: each in turn as far as it can."""
        for floor in floors.values():
            floor.changeRHS(0)
        for public, floor in floors.items():
            self._maximise(self._of_public(public))
            served = round(pulp.value(self._problem.objective))
            floor.changeRHS(min(wanted[public], served))

    def _add(self, constraint: Any) -> Any:
        self._problem += constraint
        return constraint

    def _maximise(self, terms: Iterable[object]) -> list[int]:
        self._timings.begin("model")
        self._problem.setObjective(pulp.lpSum(terms))
        self._timings.begin("solve")
        left = max(0.0, self._until - time.monotonic())
        self._problem.solve(pulp.HiGHS(msg=False, timeLimit=left))
        self.limit_reached = time.monotonic() >= self._until
        self.gap = self._problem.solverModel.getInfo().mip_gap
        if self._problem.status == pulp.LpStatusInfeasible:
            return []
        if self._problem.sol_status not in FOUND:
            raise LimitReached
        return [place for place, one in enumerate(self._made) if one.value() > _CHOSEN]


def _ids(pool: Instance, pairs: Pairs, chosen: Iterable[int]) -> list[tuple[str, str]]:
    return [
        (pool.mentees[pairs.mentee[place]].id, pool.mentors[pairs.mentor[place]].id)
        for place in chosen
    ]
