"""Celery: the minimum's work as two tasks, a worker with `PROCESSES` processes for each."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from deploy.bench.database import make_database
from deploy.bench.own_servers import helper
from deploy.bench.pipeline.load import Route
from deploy.bench.pipeline.minimum.tables import TABLES
from deploy.bench.pipeline.plan import Plan
from deploy.bench.pipeline.queues import declare_queues, wait_for_consumers
from deploy.bench.pipeline.tasks.app import REGISTER, REGISTERED, REGISTRATIONS
from deploy.bench.pipeline.ways import Running
from deploy.devstack.servers import Servers

PROCESSES = 4
QUEUES = {"register": REGISTRATIONS, "acknowledge": REGISTERED}


@contextmanager
def open_way(servers: Servers, plan: Plan, smtp_port: int) -> Iterator[Running]:
    """Both workers, consuming; whatever is asked of the services, they do the same."""
    del plan
    url = asyncio.run(make_database(servers.postgres_url, "bench_tasks", TABLES))
    asyncio.run(declare_queues(servers.amqp_url, tuple(QUEUES.values())))
    environment = os.environ | {
        "BENCH_AMQP_URL": servers.amqp_url,
        "BENCH_DATABASE_URL": url,
        "BENCH_SMTP_PORT": str(smtp_port),
    }
    log = servers.folder / "logs" / "celery.log"
    with ExitStack() as workers:
        started = {
            name: [workers.enter_context(helper(_command(name, queue), log, environment))]
            for name, queue in QUEUES.items()
        }
        asyncio.run(wait_for_consumers(servers.amqp_url, tuple(QUEUES.values())))
        route = Route(servers.folder, servers.amqp_url, "", REGISTRATIONS, REGISTER)
        yield Running(route, "/", started)


def _command(name: str, queue: str) -> list[str]:
    worker = [sys.executable, "-m", "celery", "--app", "deploy.bench.pipeline.tasks.app", "worker"]
    worker += ["--queues", queue, "--hostname", f"{name}@bench", "--concurrency", str(PROCESSES)]
    return [*worker, "--without-gossip", "--without-mingle", "--without-heartbeat"]
