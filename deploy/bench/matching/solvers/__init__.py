"""The ways of making a round that are measured, each in a module.

It has

    def run(given: RoundInput, limit: float) -> Iterator[Outcome]

whose every `next` is timed by itself. Solvers are imported at the top of a way's module, so that
loading them is not timed and no process loads two that quarrel. Another way is a module and an
entry in `WAYS`.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import NamedTuple, Protocol

from deploy.bench.matching.outcome import Outcome
from services.matching.domain.round_input import RoundInput


class Module(Protocol):
    """What a way's module offers; `limit` is in seconds, for ways that might never end."""

    def run(self, given: RoundInput, limit: float) -> Iterator[Outcome]:
        """Solve `given` within `limit` seconds; one outcome for each thing measured."""


class Solver(NamedTuple):
    """The module of a solver, the package it needs beside the product's own, the most pairs
    (permitted or not) it is asked to look at, and how many people a side warm it up."""

    module: str
    package: str | None = None
    most_cells: int | None = None
    warm_up: int = 60

    def is_installed(self) -> bool:
        """True where its package can be imported."""
        return self.package is None or find_spec(self.package) is not None

    def takes(self, mentees: int, mentors: int) -> bool:
        """True where the model should fit in the memory of an ordinary computer."""
        return self.most_cells is None or mentees * mentors <= self.most_cells

    def load(self) -> Module:
        """Imports the way, and so its solver."""
        module: Module = import_module(f"{__name__}.{self.module}")
        return module


OWN = "binome"
"""The project's own way, which the others are set beside."""

SOLVERS: Mapping[str, Solver] = MappingProxyType(
    {
        OWN: Solver("proved_round", warm_up=150),
        "arrival": Solver("arrival", warm_up=150),
        "pulp": Solver("naive_program", most_cells=2_000**2),
        "scipy": Solver("sparse_assignment", "scipy", most_cells=25_000**2),
        "ortools": Solver("cost_flow", "ortools", most_cells=25_000**2),
    }
)
