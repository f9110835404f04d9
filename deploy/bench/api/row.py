"""A line of the API's benchmark, as programs read it."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from deploy.bench.api.client import Answers
from deploy.bench.percentiles import milliseconds, percentile

Status = Literal["measured", "failed"]
CLIENT = "client"
"""Its time is shown and not summed."""


@dataclass
class Row:
    """What one way did; `refused` counts answers other than 202. Absent figures are None."""

    way: str
    status: Status = "measured"
    says: str | None = None
    registrations: int | None = None
    seconds: float | None = None
    rate: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    cpu_seconds_per_1000: float | None = None
    refused: int | None = None
    cpu_by_process: dict[str, float] = field(default_factory=dict)
    share_of_bare: float | None = None
    """The rate against that of the bare insert in the same run."""

    def beside(self, bare: "Row") -> None:
        """Fill in what compares this row with the bare insert."""
        if self.rate is not None and bare.rate:
            self.share_of_bare = round(self.rate / bare.rate, 3)

    def figures(self) -> dict[str, Any]:
        """All but its name and state."""
        return {k: v for k, v in asdict(self).items() if k not in ("way", "status", "says")}


def build_row(way: str, answers: Answers, cpu: dict[str, float]) -> Row:
    """The row of a group that was answered. `cpu`: seconds by process."""
    refused = sum(answers.refused.values())
    registrations = len(answers.waits) + refused
    by_process = {name: round(s / registrations * 1000, 3) for name, s in cpu.items()}
    return Row(
        way,
        "failed" if refused else "measured",
        says=f"réponses {answers.refused}" if refused else None,
        registrations=registrations,
        seconds=round(answers.seconds, 3),
        rate=round(len(answers.waits) / answers.seconds, 1),
        p50_ms=milliseconds(percentile(answers.waits, 50)),
        p95_ms=milliseconds(percentile(answers.waits, 95)),
        p99_ms=milliseconds(percentile(answers.waits, 99)),
        cpu_seconds_per_1000=round(sum(s for n, s in by_process.items() if n != CLIENT), 3),
        refused=refused,
        cpu_by_process=by_process,
    )
