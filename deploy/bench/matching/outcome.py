"""What a solver returns, with the seconds of each of its steps."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Proof = Literal["prices", "branch_and_bound", "solver_gap", "easier_optimum", "verified"]
"""How a result is known to be good: by prices; by prices and branch and bound; up to a solver's
own gap; as the optimum of a problem without all the rules; by a check of pairs and prices."""


@dataclass(frozen=True)
class Outcome:
    """`pairs` holds (mentee id, mentor id), None where nothing was chosen (a check, say);
    `permitted` counts permitted pairs where the way counted them; `steps` are seconds, and
    `figures` whatever else was measured. `seconds` where not all that the way did is to count,
    else None. A `fault` is a French sentence: the way failed."""

    way: str
    pairs: Sequence[tuple[str, str]] | None = None
    proof: Proof | None = None
    gap: float | None = None
    permitted: int | None = None
    limit_reached: bool = False
    fault: str | None = None
    seconds: float | None = None
    steps: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)


class Timings:
    """A stopwatch of named steps; a step named twice is added up. `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._seconds: dict[str, float] = {}
        self._step: str | None = None
        self._since = 0.0

    def begin(self, step: str) -> None:
        """A step begins, and the one before is over."""
        self._close()
        self._step, self._since = step, self._clock()

    def finish(self) -> dict[str, float]:
        """Everything is over: the seconds of each step, in the order of their beginning."""
        self._close()
        self._step = None
        return {step: round(seconds, 4) for step, seconds in self._seconds.items()}

    def _close(self) -> None:
        if self._step is not None:
            spent = self._clock() - self._since
            self._seconds[self._step] = self._seconds.get(self._step, 0.0) + spent
