"""Binôme itself: a partner's exchange, four services, the mail server."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import asyncpg

from deploy.bench.binome_stack import (
    PARTNER,
    StackPlan,
    binome_stack,
    run_binome,
    service_processes,
)
from deploy.bench.cpu import CpuMeter
from deploy.bench.pipeline.load import Route
from deploy.bench.pipeline.plan import Plan
from deploy.bench.pipeline.ways import Running
from deploy.bench.present.fill import fill
from deploy.devstack.accounts import VHOST
from deploy.devstack.local_stack import LocalStack
from deploy.devstack.servers import Servers
from shared.messaging.names import PARTNERS_IN

_UNKNOWN = "SELECT id, template FROM messages WHERE state = 'unknown'"


@contextmanager
def open_way(servers: Servers, plan: Plan, smtp_port: int) -> Iterator[Running]:
    """All four services, and a partner who may register people."""
    wanted = StackPlan(smtp_port, by_hand=plan.mails == 1, replicas=plan.replicas)
    with binome_stack(servers, wanted) as stack:
        run_binome(stack.environment, "partner", "add", PARTNER)
        key = f"partner.{PARTNER}.{{side}}.registered"
        yield Running(
            Route(servers.folder, stack.partner_url(PARTNER), PARTNERS_IN, key),
            VHOST,
            service_processes(stack),
            lambda present: fill(stack, present),
            _Killer(stack).kill,
            lambda: asyncio.run(_find_undecidable(stack)),
        )


class _Killer:
    """Kills one replica of notification after the other, as crashes would."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._turn = count()

    def kill(self, meter: CpuMeter) -> None:
        several = self._stack.services["notification"]
        replica = several[next(self._turn) % len(several)]
        meter.keep("notification", replica.process)
        self._stack.kill(replica)
        again = self._stack.restart(replica, wait=False)
        meter.add("notification", again.process)


async def _find_undecidable(stack: LocalStack) -> dict[str, str]:
    """Messages of which notification says that nobody can know whether they left: template by
    id."""
    connection = await asyncpg.connect(stack.environment["BINOME_NOTIFICATION_DATABASE_URL"])
    try:
        return {str(row["id"]): row["template"] for row in await connection.fetch(_UNKNOWN)}
    finally:
        await connection.close()
