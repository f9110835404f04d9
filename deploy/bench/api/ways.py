"""The ways of registering by HTTP that are measured: Binôme's API, and a bare insert."""

import asyncio
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from deploy.bench.api.bare import TABLES
from deploy.bench.api.way import BARE, OWN, OpenWay, Serving
from deploy.bench.binome_stack import (
    PARTNER,
    StackPlan,
    binome_stack,
    run_binome,
    service_processes,
)
from deploy.bench.database import make_database
from deploy.bench.own_servers import helper
from deploy.bench.pipeline.mail_server import open_sink
from deploy.devstack.ports import free_port
from deploy.devstack.processes import START_SECONDS
from deploy.devstack.servers import Servers

_OPENER = build_opener(ProxyHandler({}))


class NotServing(RuntimeError):
    """The bare server does not answer."""


@contextmanager
def open_binome(servers: Servers) -> Iterator[Serving]:
    """All four services; what follows a registration happens meanwhile, as in production."""
    with (
        open_sink(servers.folder, "api") as sink,
        binome_stack(servers, StackPlan(sink.port)) as stack,
    ):
        shown = run_binome(stack.environment, "partner", "add", PARTNER)
        key = re.search(r"bnm_[A-Za-z0-9_-]+", shown)
        if key is None:
            raise LookupError("`binome partner add` showed no key")
        url = f"{stack.environment['BINOME_REGISTRATION_URL']}/api/v1/registrations"
        yield Serving(url, key[0], service_processes(stack))


@contextmanager
def open_bare(servers: Servers) -> Iterator[Serving]:
    """FastAPI and asyncpg in one process of uvicorn, as the services are served."""
    database = asyncio.run(make_database(servers.postgres_url, "bench_bare", TABLES))
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "deploy.bench.api.bare:app", f"--port={port}"]
    command += ["--no-access-log", "--log-level=warning"]
    environment = os.environ | {"BENCH_DATABASE_URL": database}
    with helper(command, servers.folder / "logs" / "bare.log", environment) as process:
        _wait_ready(f"http://127.0.0.1:{port}/ready")
        yield Serving(f"http://127.0.0.1:{port}/registrations", "", {"server": [process]})


def _wait_ready(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(url):
        if time.monotonic() > deadline:
            raise NotServing(url)
        time.sleep(0.1)


def _is_ready(url: str) -> bool:
    try:
        _OPENER.open(url).close()
    except (URLError, OSError):
        return False
    return True


WAYS: Mapping[str, OpenWay] = MappingProxyType({OWN: open_binome, BARE: open_bare})
