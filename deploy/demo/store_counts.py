"""What the stores of the local stack, its broker and its mailbox hold, counted."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from deploy.demo.inbox import Received, read
from deploy.services import installed_services
from shared.messaging.connection import open_connection
from shared.messaging.names import parked_queue
from shared.messaging.topology import topology

_TIMERS_PARKED = "SELECT count(*) FROM timers WHERE parked_reason IS NOT NULL"


_UNSENT_MESSAGES = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"


_TIMERS_OVERDUE = "SELECT count(*) FROM timers WHERE parked_reason IS NULL AND due <= $1"


class StoreCounts:
    """Read-only connections to the stores of the local stack, its broker and its mailbox."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._databases = {
            service.name: environment[f"BINOME_{service.name.upper()}_DATABASE_URL"]
            for service in installed_services()
        }
        self._broker = environment["BINOME_AMQP_URL"]
        self._mails = Path(environment["BINOME_MAILBOX_DIR"])
        self._pools: dict[str, asyncpg.Pool] = {}

    async def __aenter__(self) -> "StoreCounts":
        for name, url in self._databases.items():
            self._pools[name] = await asyncpg.create_pool(url, min_size=1, max_size=2)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))

    async def count(self, service: str, query: str, *values: Any) -> Any:
        """One number from a service's store."""
        return await self._pools[service].fetchval(query, *values)

    async def rows(self, service: str, query: str) -> list[asyncpg.Record]:
        """Rows of a query on the database of one service."""
        return list(await self._pools[service].fetch(query))

    async def read_mails(self) -> list[Received]:
        """Everything that lies in the mailbox."""
        files = sorted(self._mails.glob("*.eml"))
        return await asyncio.to_thread(lambda: [read(file) for file in files])

    async def waiting_messages(self) -> tuple[int, int]:
        """(messages in working and retry queues, messages set aside)."""
        queues = topology(installed_services()).queues
        aside = {parked_queue(name) for name in queues}
        async with await open_connection(self._broker) as link, link.channel() as channel:
            counts = {
                name: (await channel.declare_queue(name, passive=True)).declaration_result
                for name in queues
            }
        waiting = {name: result.message_count or 0 for name, result in counts.items()}
        set_aside = sum(count for name, count in waiting.items() if name in aside)
        return sum(waiting.values()) - set_aside, set_aside

    async def outstanding(self, now: datetime) -> int:
        """What is begun and not done: outbox messages, timers, messages, works of services."""
        total = (await self.waiting_messages())[0]
        for service in installed_services():
            total += await self.count(service.name, _UNSENT_MESSAGES)
            total += await self.count(service.name, _TIMERS_OVERDUE, now)
            for query in service.outstanding.values():
                total += await self.count(service.name, query)
        return total

    async def count_unowned(self, now: datetime) -> int:
        """What is open and has no next action with a date and an owner."""
        total = 0
        for service in installed_services():
            for query in service.unowned.values():
                values = [now] if "$1" in query else []
                total += await self.count(service.name, query, *values)
        return total

    async def count_parked(self) -> int:
        """Messages and timers set aside."""
        timers = [
            await self.count(service.name, _TIMERS_PARKED) for service in installed_services()
        ]
        return int((await self.waiting_messages())[1] + sum(timers))
