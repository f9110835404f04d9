"""A line of the pipeline's benchmark, as programs read it."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from deploy.bench.percentiles import milliseconds, percentile
from deploy.bench.pipeline.load import ACKNOWLEDGEMENTS, Outcome
from deploy.bench.pipeline.plan import Plan

Status = Literal["measured", "not_installed", "failed"]
ASIDE = frozenset(["publisher", "sink"])
"""Processes that belong to the benchmark: their time is shown and not summed."""


@dataclass
class Row:
    """What one way did. Absent figures are None, never 0.

    `seconds` run from the first publication to the last mail, durations from the publication of a
    registration to its acknowledgement. `cpu_seconds_per_1000` sums `cpu_by_process` without the
    benchmark's own processes. `mails` counts each mail once, `duplicates` those that came again,
    `lost` the registrations without an acknowledgement that no message of `undecidable` explains;
    `undecidable` are mails of which the way itself says that nobody can know whether they left.
    """

    way: str
    status: Status
    says: str | None = None
    registrations: int | None = None
    offered_per_second: float | None = None
    seconds: float | None = None
    rate: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    cpu_seconds_per_1000: float | None = None
    mails: int | None = None
    duplicates: int | None = None
    lost: int | None = None
    undecidable: int | None = None
    killed: int | None = None
    present: int | None = None
    cpu_by_process: dict[str, float] = field(default_factory=dict)
    share_of_minimum: float | None = None
    """The rate against that of the minimum in the same run."""

    def beside(self, minimum: "Row") -> None:
        """Fill in what compares this row with the minimum."""
        if self.rate is not None and minimum.rate:
            self.share_of_minimum = round(self.rate / minimum.rate, 3)

    def figures(self) -> dict[str, Any]:
        """All but its name and state."""
        return {k: v for k, v in asdict(self).items() if k not in ("way", "status", "says")}


@dataclass(frozen=True)
class Counted:
    """What was counted beside the mails: CPU seconds by process, templates by id of the messages
    that the way names as undecidable, how often something was killed,
    how many people were put there before."""

    cpu: dict[str, float]
    undecidable: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    present: int = 0


def build_row(way: str, plan: Plan, outcome: Outcome, counted: Counted) -> Row:
    """The row of a group that went through."""
    offered, received = outcome.published.offered, outcome.received
    acknowledged = received.acknowledgements
    waits = [mail.at - offered[number] for number, mail in acknowledged.items()]
    seconds = received.last - offered[0] if received.first else None
    by_process = {name: round(s / len(offered) * 1000, 3) for name, s in counted.cpu.items()}
    arrived = {_bare(mail.message_id) for mail in received.first.values()}
    missing = [x for x, name in counted.undecidable.items() if name in ACKNOWLEDGEMENTS]
    explained = len(set(missing) - arrived)
    return Row(
        way,
        "measured",
        registrations=plan.registrations,
        offered_per_second=plan.rate,
        seconds=None if seconds is None else round(seconds, 3),
        rate=round(len(acknowledged) / seconds, 1) if seconds else None,
        p50_ms=milliseconds(percentile(waits, 50)),
        p95_ms=milliseconds(percentile(waits, 95)),
        p99_ms=milliseconds(percentile(waits, 99)),
        cpu_seconds_per_1000=round(sum(s for n, s in by_process.items() if n not in ASIDE), 3),
        mails=len(received.first),
        duplicates=received.duplicates,
        lost=max(0, len(offered) - len(acknowledged) - explained),
        undecidable=len(counted.undecidable),
        killed=counted.kills,
        present=counted.present,
        cpu_by_process=by_process,
    )


def _bare(message_id: str) -> str:
    """`<id@host>` → `id`."""
    return message_id.strip("<>").partition("@")[0]
