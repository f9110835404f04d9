"""The pair on real servers: started, killed with -9, started again, and counted."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg

from deploy.devstack.ports import free_port
from deploy.devstack.servers import Servers
from shared.service.definition import Service
from tests.conftest import ROOT
from tests.resilience.consistency.pair import STEPS

UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"


@dataclass
class PairStack:
    """Both services with a database each; `url` names the virtual host."""

    name: str
    servers: Servers
    vhost: str
    url: str
    services: dict[str, Service]
    databases: dict[str, str]
    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, role: str) -> None:
        """One process of a service, its log added to the one before."""
        with (self.logs / f"{role}.log").open("ab") as output:
            self.running[role] = subprocess.Popen(
                [sys.executable, "-m", "tests.resilience.consistency.pair", role],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={
                    **os.environ,
                    "LEDGER_NAME": self.name,
                    "BINOME_AMQP_URL": self.url,
                    "BINOME_DATABASE_URL": self.databases[role],
                    "BINOME_PORT": str(free_port()),
                },
            )

    def kill(self, role: str) -> None:
        """kill -9."""
        self.running[role].kill()
        self.running[role].wait()

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()

    def last_words(self, lines: int = 40) -> str:
        """The end of each service's log."""
        ends = [
            [f"{role}:", *(self.logs / f"{role}.log").read_text().splitlines()[-lines:]]
            for role in self.services
        ]
        return "\n".join(line for end in ends for line in end)

    async def effects(self) -> dict[str, Counter[UUID]]:
        """How often each step was done for each event."""
        found: dict[str, Counter[UUID]] = {step: Counter() for step in STEPS}
        for role in self.databases:
            for step, subject, count in await self._fetch(
                role, "SELECT step, subject, count(*) FROM effects GROUP BY 1, 2"
            ):
                found[step][subject] = count
        return found

    async def progress(self) -> int:
        """Steps done for all events together."""
        counts = [await self._fetch(role, "SELECT count(*) FROM effects") for role in self.running]
        return sum(int(rows[0][0]) for rows in counts)

    async def unsent(self) -> int:
        """Outbox messages still to be sent."""
        counts = [await self._fetch(role, UNSENT) for role in self.databases]
        return sum(int(rows[0][0]) for rows in counts)

    def count_queued(self) -> dict[str, int]:
        """Messages in every queue that is not empty, in somebody's hands or not."""
        listed = self.servers.rabbitmqctl("-p", self.vhost, "list_queues", "name", "messages")
        counts = (line.split() for line in listed.splitlines() if "\t" in line)
        return {name: int(count) for name, count in counts if count.isdigit() and int(count)}

    async def _fetch(self, role: str, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.databases[role], timeout=10)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()
