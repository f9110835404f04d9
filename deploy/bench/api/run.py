"""One run of the benchmark: what is asked of each way, and what came of it."""

from dataclasses import dataclass

from deploy.bench.api.row import Row
from deploy.bench.machine import Machine

CONNECTIONS = 32


@dataclass(frozen=True)
class Plan:
    """What is asked of each way."""

    registrations: int = 2_000
    connections: int = CONNECTIONS


@dataclass(frozen=True)
class Bench:
    """One run of the benchmark."""

    plan: Plan
    machine: Machine
    rows: tuple[Row, ...]

    def row(self, way: str) -> Row | None:
        """The row of this name, if it was asked for."""
        return next((row for row in self.rows if row.way == way), None)
