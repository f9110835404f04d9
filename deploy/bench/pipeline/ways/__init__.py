"""The ways from a registration to its acknowledgement that are measured, each in a module.

It has

    def open_way(servers: Servers, plan: Plan, smtp_port: int) -> ContextManager[Running]

whose services run, warm but for their first messages, while the block does.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import NamedTuple, Protocol

from deploy.bench.cpu import CpuMeter
from deploy.bench.pipeline.load import Route
from deploy.bench.pipeline.plan import Plan
from deploy.devstack.processes import ProcessId
from deploy.devstack.servers import Servers

OWN = "binome"
"""The project's own way, which the others are set beside."""
MINIMUM = "minimum"


@dataclass(frozen=True)
class Running:
    """A way whose processes run.

    `fill` adds people to those who are there, as so many registrations would; `kill` ends the
    process that sends mails at once and starts another; `undecidable` gives, by id, the templates
    of messages that the way itself says nobody can know of.
    """

    route: Route
    vhost: str
    processes: Mapping[str, list[ProcessId]]
    fill: Callable[[int], int] | None = None
    kill: Callable[[CpuMeter], None] | None = None
    undecidable: Callable[[], dict[str, str]] = field(default=dict)


class Module(Protocol):
    """What a way's module offers."""

    def open_way(
        self, servers: Servers, plan: Plan, smtp_port: int
    ) -> AbstractContextManager[Running]:
        """Start its processes in these servers; they end with the block."""


class Way(NamedTuple):
    """The module of a way, and the package it needs beside the product's own."""

    module: str
    package: str | None = None

    def is_installed(self) -> bool:
        """True where its package can be imported."""
        return self.package is None or find_spec(self.package) is not None

    def load(self) -> Module:
        """Import the way."""
        module: Module = import_module(f"{__name__}.{self.module}")
        return module


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        OWN: Way("binome"),
        MINIMUM: Way("minimum", "uvloop"),
        "celery": Way("celery_tasks", "celery"),
    }
)
