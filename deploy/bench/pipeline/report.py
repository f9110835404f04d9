"""What people and programs read of the pipeline's benchmark."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from deploy.bench.pipeline.measure import Bench
from deploy.bench.pipeline.row import ASIDE, Row
from deploy.bench.pipeline.ways import OWN
from deploy.bench.pipeline.wording import Words
from deploy.bench.sheet import Line, Sheet, whole

FORMAT = "binome-bench-pipeline/1"

Cell = Callable[[Row], str]


def bench_json(bench: Bench) -> str:
    """Binôme's own figures on top, every way below; keys are only ever added."""
    own = bench.row(OWN)
    content = {
        "format": FORMAT,
        **(own.figures() if own else {}),
        "plan": asdict(bench.plan),
        "machine": asdict(bench.machine),
        "ways": [asdict(row) for row in bench.rows],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def sheet(bench: Bench, words: Words) -> Sheet:
    """The table in one language."""
    columns = [words.columns[column] for column in CELLS]
    lines = [
        Line(words.labels[row.way], [cell(row) for cell in CELLS.values()], _remark(row, words))
        for row in bench.rows
    ]
    return Sheet(headline(bench, words), (words.way, columns, words.last), lines)


def headline(bench: Bench, words: Words) -> str:
    """What was sent, and on what."""
    plan = bench.plan
    more = []
    if plan.replicas > 1:
        more.append(words.named["replicas"].format(plan.replicas))
    if plan.present:
        more.append(words.named["present"].format(whole(plan.present)))
    if plan.mentors:
        more.append(words.named["mentors"].format(plan.mentors))
    text = words.headline.format(
        registrations=whole(plan.registrations),
        offered=words.at_rate.format(rate=plan.rate) if plan.rate else words.as_fast,
        mails=words.mails[plan.mails],
        more="".join(one + words.between for one in more),
        cores=bench.machine.cores,
        memory=bench.machine.memory_gb,
    )
    return f"{text}."


def _remark(row: Row, words: Words) -> str:
    """What a way does and where its time goes, or why it has no figures."""
    if row.status != "measured":
        return words.states[row.status].format(says=row.says)
    counted = [(name, s) for name, s in row.cpu_by_process.items() if name not in ASIDE]
    aside = [(name, s) for name, s in row.cpu_by_process.items() if name in ASIDE]
    parts = [f"{words.processes.get(name, name)} {s:.2f}" for name, s in [*counted, *aside]]
    killed = words.named["killed"].format(row.killed, row.undecidable) if row.killed else ""
    return ", ".join(filter(None, [f"{words.does[row.way]} ({', '.join(parts)})", killed]))


def _number(name: str, pattern: str) -> Cell:
    """A cell of one figure of the row; empty where it has none."""

    def write(row: Row) -> str:
        value = getattr(row, name)
        return "" if value is None else pattern.format(value)

    return write


def _count(name: str) -> Cell:
    def write(row: Row) -> str:
        value = getattr(row, name)
        return "" if value is None else whole(value)

    return write


CELLS: Mapping[str, Cell] = MappingProxyType(
    {
        "rate": _number("rate", "{:.1f}"),
        "share_of_minimum": _number("share_of_minimum", "{:.2f}"),
        "p50_ms": _number("p50_ms", "{:.0f}"),
        "p95_ms": _number("p95_ms", "{:.0f}"),
        "p99_ms": _number("p99_ms", "{:.0f}"),
        "cpu": _number("cpu_seconds_per_1000", "{:.2f}"),
        "mails": _count("mails"),
        "duplicates": _count("duplicates"),
        "lost": _count("lost"),
    }
)
"""Column → how a row fills it; empty where there is no figure."""
