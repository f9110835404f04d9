"""Runs the ways one after the other, each in its own process, so that none pays for another."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.bench.machine import Machine, machine
from deploy.bench.matching.country import Size
from deploy.bench.matching.row import Row
from deploy.bench.matching.solvers import OWN, Solver

CHILD = "deploy.bench.matching.child"


@dataclass(frozen=True)
class Bench:
    """One run of the benchmark. `permitted` is None where no way counted the pairs."""

    size: Size
    limit: float
    machine: Machine
    rows: tuple[Row, ...]

    @property
    def permitted(self) -> int | None:
        """The permitted pairs of the country."""
        return next((row.permitted for row in self.rows if row.permitted is not None), None)

    @property
    def density(self) -> float | None:
        """The share of all pairs that is permitted."""
        if self.permitted is None:
            return None
        return self.permitted / (self.size.mentees * self.size.mentors)

    def row(self, solver: str) -> Row | None:
        """The row of this name, if it was asked for."""
        return next((row for row in self.rows if row.way == solver), None)


def bench(
    size: Size, solvers: Mapping[str, Solver], limit: float, on_way: Callable[[str], None]
) -> Bench:
    """Measures these solvers, by name, in their order; `on_way` hears each as it begins."""
    rows: list[Row] = []
    for name, solver in solvers.items():
        on_way(name)
        rows.extend(_iter_rows(name, solver, size, limit))
    own = next((row for row in rows if row.way == OWN), None)
    for row in rows:
        if own is not None:
            row.beside(own)
    return Bench(size, limit, machine(), tuple(rows))


def _iter_rows(name: str, solver: Solver, size: Size, limit: float) -> Iterator[Row]:
    if not solver.is_installed():
        yield Row(name, "not_installed", says=f"{solver.package} n'est pas installé ici.")
    elif not solver.takes(size.mentees, size.mentors):
        most = f"{solver.most_cells:,}".replace(",", " ")
        says = f"au-delà de {most} couples possibles, la mémoire n'y suffirait pas."
        yield Row(name, "too_large", says=says)
    else:
        yield from apart(name, size, limit)


def apart(solver: str, size: Size, limit: float) -> list[Row]:
    """The rows of a way that ran in its own process."""
    with TemporaryDirectory(prefix="binome-bench-") as folder:
        request, result = Path(folder, "request.json"), Path(folder, "result.json")
        request.write_text(json.dumps({"way": solver, "size": asdict(size), "limit": limit}))
        command = [sys.executable, "-m", CHILD, str(request), str(result)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return [Row(**row) for row in json.loads(result.read_text(encoding="utf-8"))]
        return [Row(solver, "failed", says=describe_end(done))]


def describe_end(done: subprocess.CompletedProcess[str]) -> str:
    """Why a process has left nothing, in a sentence."""
    if done.returncode < 0:
        return f"arrêté par le signal {-done.returncode} (la mémoire, peut-être)."
    last = done.stderr.strip().splitlines()[-1:] or ["sans un mot"]
    return f"arrêté avec le statut {done.returncode} : {last[0]}"
