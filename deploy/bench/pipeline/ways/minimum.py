"""The hand-written minimum: two processes between two queues."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from deploy.bench.database import make_database
from deploy.bench.own_servers import helper
from deploy.bench.pipeline.load import Route
from deploy.bench.pipeline.minimum.tables import PARKED, REGISTERED, REGISTRATIONS, TABLES
from deploy.bench.pipeline.plan import Plan
from deploy.bench.pipeline.queues import declare_queues, wait_for_consumers
from deploy.bench.pipeline.ways import Running
from deploy.devstack.servers import Servers

DATABASE = "bench_minimum"
QUEUES = (REGISTRATIONS, REGISTERED, PARKED)
PROGRAMS = ("register", "acknowledge")


@contextmanager
def open_way(servers: Servers, plan: Plan, smtp_port: int) -> Iterator[Running]:
    """Both programs, consuming; whatever is asked of the services, they do the same."""
    del plan
    url = asyncio.run(make_database(servers.postgres_url, DATABASE, TABLES))
    asyncio.run(declare_queues(servers.amqp_url, QUEUES))
    environment = os.environ | {
        "BENCH_AMQP_URL": servers.amqp_url,
        "BENCH_DATABASE_URL": url,
        "BENCH_SMTP_PORT": str(smtp_port),
    }
    log = servers.folder / "logs" / "minimum.log"
    with ExitStack() as programs:
        started = {}
        for name in PROGRAMS:
            command = [sys.executable, "-m", f"deploy.bench.pipeline.minimum.{name}"]
            started[name] = [programs.enter_context(helper(command, log, environment))]
        asyncio.run(wait_for_consumers(servers.amqp_url, (REGISTRATIONS, REGISTERED)))
        yield Running(Route(servers.folder, servers.amqp_url, "", REGISTRATIONS), "/", started)
