"""Which servers a folder gets: those of the environment, or private ones on ports of their own."""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from deploy.devstack.broker import Broker
from deploy.devstack.ports import free_port
from deploy.devstack.postgres import Postgres
from deploy.devstack.programs import EPMD, POSTGRES, RABBITMQ, Program, ensure
from deploy.devstack.secret_store import Secrets
from deploy.devstack.state_file import StateFile


def amqp_url_from_environment() -> str | None:
    """RabbitMQ of the environment; then no node is started."""
    return os.environ.get("BINOME_AMQP_URL") or None


def postgres_url_from_environment() -> str | None:
    """PostgreSQL of the environment; then no cluster is started."""
    return os.environ.get("BINOME_DATABASE_URL") or None


def choose(recorded: StateFile) -> None:
    """Give the record of a new start its node name and its free ports.

    The node name stays what it was: RabbitMQ keeps its data under it.
    """
    recorded.node = recorded.node or f"binome-{uuid4().hex[:8]}@localhost"
    names: list[str] = [] if amqp_url_from_environment() else ["amqp", "dist", "epmd"]
    names += [] if postgres_url_from_environment() else ["postgres"]
    recorded.ports = {name: free_port() for name in names}


def private_pair(
    folder: Path, recorded: StateFile, say: Callable[[str], None]
) -> tuple[Broker | None, Postgres | None]:
    """The private servers that the record names; None for one the environment gives.

    Raises MissingProgramsError when a program is missing and cannot be installed.
    """
    needed: list[Program] = [RABBITMQ, EPMD] if "amqp" in recorded.ports else []
    needed += [POSTGRES] if "postgres" in recorded.ports else []
    programs = ensure(needed, say)
    secrets = Secrets(folder)
    broker = _broker(folder, recorded, programs, secrets) if RABBITMQ in programs else None
    postgres = _postgres(folder, recorded, programs, secrets) if POSTGRES in programs else None
    return broker, postgres


def _broker(
    folder: Path, recorded: StateFile, programs: dict[Program, Path], secrets: Secrets
) -> Broker:
    return Broker(
        folder=folder,
        programs=programs[RABBITMQ].parent,
        epmd_program=programs[EPMD],
        node=recorded.node,
        port=recorded.ports["amqp"],
        dist_port=recorded.ports["dist"],
        epmd_port=recorded.ports["epmd"],
        password=secrets.get("broker_admin"),
        cookie=secrets.get("broker_cookie"),
        mark=recorded.processes.get("broker"),
        epmd=recorded.processes.get("epmd"),
    )


def _postgres(
    folder: Path, recorded: StateFile, programs: dict[Program, Path], secrets: Secrets
) -> Postgres:
    return Postgres(
        folder=folder,
        programs=programs[POSTGRES].parent,
        port=recorded.ports["postgres"],
        password=secrets.get("postgres_superuser"),
        mark=recorded.processes.get("postgres"),
    )
