"""A line of the benchmark, as programs read it."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["measured", "not_installed", "too_large", "failed"]


@dataclass
class Row:
    """What one way did. Absent figures are None, never 0.

    `seconds` run from the people in memory to the pairs (a check: to its verdict). `peak_mb` is
    the most memory of the way's own process, `ready_mb` what it already held when the watch
    started (Python, the solver, the people). `beyond_caps` counts pairs that associations did not
    have room for; `served` and `wanted` those of the floor's public. `times_seconds` and
    `times_memory` are ratios to the project's own row, `score_difference` the score beyond its.
    """

    way: str
    status: Status
    says: str | None = None
    seconds: float | None = None
    peak_mb: float | None = None
    ready_mb: float | None = None
    pairs: int | None = None
    score: float | None = None
    gap: float | None = None
    proof: str | None = None
    permitted: int | None = None
    served: int | None = None
    wanted: int | None = None
    beyond_caps: int | None = None
    limit_reached: bool = False
    times_seconds: float | None = None
    times_memory: float | None = None
    score_difference: float | None = None
    steps: dict[str, float] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)

    def beside(self, own: "Row") -> None:
        """Fills in what compares this row with the project's own."""
        if self.seconds is not None and own.seconds:
            self.times_seconds = round(self.seconds / own.seconds, 3)
        if self.peak_mb is not None and own.peak_mb:
            self.times_memory = round(self.peak_mb / own.peak_mb, 3)
        if self.score is not None and own.score is not None:
            self.score_difference = self.score - own.score
