"""What people and programs read of the benchmark: a table in each language, JSON for programs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from deploy.bench.matching.measure import Bench
from deploy.bench.matching.row import Row
from deploy.bench.matching.wording import Words
from deploy.bench.sheet import Line, Sheet, whole

FORMAT = "binome-bench-matching/1"

Cell = Callable[[Row], str]


def bench_json(bench: Bench) -> str:
    """The whole of it; keys are only ever added."""
    content = {
        "format": FORMAT,
        **asdict(bench.size),
        "permitted": bench.permitted,
        "density": bench.density,
        "limit": bench.limit,
        "machine": asdict(bench.machine),
        "ways": [asdict(row) for row in bench.rows],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def sheet(bench: Bench, words: Words) -> Sheet:
    """The table in one language; the machine is named by cores and memory only."""
    shown = [
        Line(words.labels[row.way], [cell(row) for cell in CELLS.values()], words.remark(row))
        for row in bench.rows
    ]
    columns = [words.columns[column] for column in CELLS]
    return Sheet(headline(bench, words), (words.columns["way"], columns, words.last), shown)


def headline(bench: Bench, words: Words) -> str:
    """Who was matched, on what."""
    size, machine = bench.size, bench.machine
    text = words.headline.format(
        mentees=whole(size.mentees),
        mentors=whole(size.mentors),
        seed=size.seed,
        cores=machine.cores,
        memory=machine.memory_gb,
    )
    if bench.permitted is None or bench.density is None:
        return f"{text}."
    share = f"{100 * bench.density:.1f}"
    return f"{text}{words.density.format(permitted=whole(bench.permitted), share=share)}."


def _seconds(row: Row) -> str:
    return "" if row.seconds is None else f"{row.seconds:.2f}"


def _times(times: float | None) -> str:
    return "" if times is None else f"× {times:.3g}"


def _memory(row: Row) -> str:
    return "" if row.peak_mb is None else whole(round(row.peak_mb))


def _pairs(row: Row) -> str:
    return "" if row.pairs is None else whole(row.pairs)


def _score(row: Row) -> str:
    return "" if row.score is None else f"{row.score:.4f}"


def _gap(row: Row) -> str:
    """What a proof leaves open; without one, the score beyond the project's own."""
    if row.gap is not None:
        return f"{row.gap:.1e}"
    return "" if row.score_difference is None else f"{row.score_difference:+.4f}"


def _floor(row: Row) -> str:
    return "" if row.served is None else f"{row.served} / {row.wanted}"


def _beyond(row: Row) -> str:
    return "" if row.beyond_caps is None else str(row.beyond_caps)


CELLS: Mapping[str, Cell] = MappingProxyType(
    {
        "seconds": _seconds,
        "times_seconds": lambda row: _times(row.times_seconds),
        "peak_mb": _memory,
        "times_memory": lambda row: _times(row.times_memory),
        "pairs": _pairs,
        "score": _score,
        "gap": _gap,
        "floor": _floor,
        "beyond_caps": _beyond,
    }
)
"""Column → how a row fills it; empty where there is no figure."""
