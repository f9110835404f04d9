"""What people and programs read of the API's benchmark."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType

from deploy.bench.api.row import CLIENT, Row
from deploy.bench.api.run import Bench
from deploy.bench.api.way import OWN
from deploy.bench.api.wording import Words
from deploy.bench.sheet import Line, Sheet, whole

FORMAT = "binome-bench-api/1"


def bench_json(bench: Bench) -> str:
    """Binôme's own figures on top, every way below; keys are only ever added."""
    own = bench.row(OWN)
    content = {
        "format": FORMAT,
        **(own.figures() if own else {}),
        "connections": bench.plan.connections,
        "machine": asdict(bench.machine),
        "ways": [asdict(row) for row in bench.rows],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def sheet(bench: Bench, words: Words) -> Sheet:
    """The table in one language."""
    headline = words.headline.format(
        registrations=whole(bench.plan.registrations),
        connections=bench.plan.connections,
        cores=bench.machine.cores,
        memory=bench.machine.memory_gb,
    )
    lines = [Line(words.labels[row.way], _cells(row), _remark(row, words)) for row in bench.rows]
    columns = [words.columns[name] for name in PATTERNS]
    return Sheet(headline, (words.way, columns, words.last), lines)


def _cells(row: Row) -> list[str]:
    values = {name: getattr(row, name) for name in PATTERNS}
    return ["" if x is None else PATTERNS[name].format(x) for name, x in values.items()]


def _remark(row: Row, words: Words) -> str:
    """What a way does and where its time goes."""
    names = {CLIENT: words.client}
    parts = [f"{names.get(name, name)} {s:.2f}" for name, s in row.cpu_by_process.items()]
    failed = words.failed.format(says=row.says) if row.status == "failed" else ""
    return ", ".join(filter(None, [f"{words.does[row.way]} ({', '.join(parts)})", failed]))


PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "rate": "{:.1f}",
        "share_of_bare": "{:.2f}",
        "p50_ms": "{:.0f}",
        "p95_ms": "{:.0f}",
        "p99_ms": "{:.0f}",
        "cpu_seconds_per_1000": "{:.2f}",
        "refused": "{}",
    }
)
"""Field of a row → how it is written; empty where there is no figure."""
