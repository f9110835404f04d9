"""What people and programs read of a benchmark: a table in French on a terminal, lines elsewhere,
Markdown in English for the README, JSON for programs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from rich.box import SIMPLE
from rich.table import Table

from deploy.bench.matching.measure import Bench
from deploy.bench.matching.row import Row
from deploy.bench.matching.wording import ENGLISH, FRENCH, LABELS, Words

FORMAT = "binome-bench-matching/1"

WIDE = 110
"""Columns of a terminal on which the table is legible; `lines` serve below that."""

__all__ = ["LABELS", "WIDE", "bench_json", "lines", "markdown", "table"]

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


def table(bench: Bench) -> Table:
    """For a terminal: figures first, below them what each way solves."""
    shown = Table(title=headline(bench, FRENCH), box=SIMPLE, padding=(0, 1, 0, 0))
    shown.caption, shown.caption_justify = "\n".join(_remarks(bench, FRENCH)), "left"
    shown.add_column(FRENCH.columns["way"], no_wrap=True)
    for column in CELLS:
        shown.add_column(FRENCH.columns[column], justify="right", no_wrap=True)
    for row in bench.rows:
        shown.add_row(FRENCH.labels[row.way], *(cell(row) for cell in CELLS.values()))
    return shown


def lines(bench: Bench) -> list[str]:
    """The same for a file or a pipe: a line a way, nothing that has no figure."""
    rows = [headline(bench, FRENCH)]
    for row in bench.rows:
        cells = ((FRENCH.columns[column], cell(row)) for column, cell in CELLS.items())
        figures = " · ".join(f"{name} {text}" for name, text in cells if text)
        rows.append(f"{FRENCH.labels[row.way]} : {figures or row.says}")
    return rows + _remarks(bench, FRENCH)


def markdown(bench: Bench) -> str:
    """For the README, in English; the machine is named by cores and memory only."""
    columns = [ENGLISH.columns["way"], *(ENGLISH.columns[c] for c in CELLS), "what it solves"]
    rules = ["---", *("---:" for _ in CELLS), "---"]
    rows = [
        [ENGLISH.labels[row.way], *(cell(row) for cell in CELLS.values()), ENGLISH.remark(row)]
        for row in bench.rows
    ]
    written = [f"| {' | '.join(cells)} |" for cells in (columns, rules, *rows)]
    return "\n".join([headline(bench, ENGLISH), "", *written])


def headline(bench: Bench, words: Words) -> str:
    """Who was matched, on what."""
    size, machine = bench.size, bench.machine
    text = words.headline.format(
        mentees=_whole(size.mentees),
        mentors=_whole(size.mentors),
        seed=size.seed,
        cores=machine.cores,
        memory=machine.memory_gb,
    )
    if bench.permitted is None or bench.density is None:
        return f"{text}."
    share = f"{100 * bench.density:.1f}"
    return f"{text}{words.density.format(permitted=_whole(bench.permitted), share=share)}."


def _remarks(bench: Bench, words: Words) -> list[str]:
    """What each way solves, and where its seconds went."""
    return [f"{words.labels[row.way]} : {words.remark(row)}" for row in bench.rows]


def _whole(number: int) -> str:
    """Thousands apart by a narrow space."""
    return f"{number:,}".replace(",", " ")


def _seconds(row: Row) -> str:
    return "" if row.seconds is None else f"{row.seconds:.2f}"


def _times(times: float | None) -> str:
    return "" if times is None else f"× {times:.3g}"


def _memory(row: Row) -> str:
    return "" if row.peak_mb is None else _whole(round(row.peak_mb))


def _pairs(row: Row) -> str:
    return "" if row.pairs is None else _whole(row.pairs)


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
