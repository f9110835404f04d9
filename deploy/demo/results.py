"""The result table, counted from the services' own stores and from the mailbox.

Never from what the demonstration meant to do. What does not exist yet is None.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

import asyncpg

from deploy.demo.inbox import Received, read
from deploy.services import installed_services
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.messaging.connection import open_connection
from shared.messaging.names import parked_queue
from shared.messaging.topology import topology

ACKNOWLEDGEMENTS = ("mentee_registered", "mentor_registered")
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


async def results(books: StoreCounts, now: datetime, seconds: float) -> dict[str, Any]:
    """The table of `binome demo --json`; field names are a contract."""
    registered = await _read_registrations(books)
    mails = await books.read_mails()
    return {
        **{side + "s": sum(1 for x in registered.values() if x == side) for side in _SIDES},
        "registered": len(registered),
        "acknowledged": await _count_acknowledgements(books, mails, registered),
        **await _counts(books),
        "messages": await _messages(books, mails),
        "wait_days": await _wait_days(books),
        "parked": await books.count_parked(),
        "outstanding": await books.outstanding(now),
        "unowned": await books.count_unowned(now),
        "before_a_human": await _before_a_human(books),
        "seconds": round(seconds, 1),
    }


_SIDES = ("mentee", "mentor")
_COUNTS = {
    "refused": ("registration", "SELECT count(*) FROM refusals"),
    "routed": ("registration", "SELECT count(DISTINCT request_id) FROM routings"),
    "confirmed_by_association": (
        "registration",
        "SELECT count(*) FROM requests WHERE confirmed_at IS NOT NULL",
    ),
    "rounds": ("matching", "SELECT count(*) FROM rounds WHERE state = 'published'"),
    "worst_gap": ("matching", "SELECT max(gap) FROM rounds WHERE state = 'published'"),
    "pairs_proposed": ("matching", "SELECT count(*) FROM pairs WHERE round_id IS NOT NULL"),
    "pairs_confirmed": (
        "matching",
        "SELECT count(*) FROM pairs WHERE round_id IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM propositions p WHERE p.pair_id = pairs.pair_id AND p.state <> 'accepted')"
        " AND end_reason IS DISTINCT FROM 'not_introduced'",
    ),
    "introductions": (
        "notification",
        "SELECT count(*) FROM introductions WHERE introduced_at IS NOT NULL",
    ),
    "first_meetings": ("followup", "SELECT count(*) FROM engagements WHERE met_at IS NOT NULL"),
    "checkins_asked": ("followup", "SELECT count(*) FROM checkins"),
    "checkins_answered": (
        "followup",
        "SELECT count(*) FROM checkins WHERE answered_at IS NOT NULL",
    ),
    "alerts": ("followup", "SELECT count(*) FROM alerts"),
    "renewed": ("followup", "SELECT count(*) FROM terms WHERE outcome = 'renewed'"),
    "ended": ("followup", "SELECT count(*) FROM engagements WHERE ended_at IS NOT NULL"),
}


_BEFORE_A_HUMAN = {
    "doubts": ("registration", "SELECT count(*) FROM doubts"),
    "doubts_open": ("registration", "SELECT count(*) FROM doubts WHERE outcome IS NULL"),
    "doubts_different": (
        "registration",
        "SELECT count(*) FROM doubts WHERE outcome = 'different'",
    ),
    "mentors_cleared": (
        "registration",
        "SELECT count(*) FROM mentors WHERE clearance_said_by LIKE 'camille@%'",
    ),
    "handed_on": (
        "registration",
        f"SELECT count(*) FROM requests r WHERE r.association = '{NETWORK_HEAD}' OR EXISTS"  # noqa: S608 - only names that stand in the code
        " (SELECT FROM routings o WHERE o.request_id = r.id AND o.outcome = 'gone')",
    ),
    "unreachable": ("registration", "SELECT count(*) FROM unreachable_people"),
    "undelivered": (
        "followup",
        "SELECT count(*) FROM alerts WHERE association IS NOT NULL"
        " AND reason IN ('message_failed', 'introduction_failed')",
    ),
}


async def _before_a_human(books: StoreCounts) -> dict[str, int]:
    """What somebody has to look at, by kind: each stands on a page, with an owner."""
    return {
        kind: await books.count(service, query)
        for kind, (service, query) in _BEFORE_A_HUMAN.items()
    }


async def _counts(books: StoreCounts) -> dict[str, Any]:
    return {name: await books.count(service, query) for name, (service, query) in _COUNTS.items()}


async def _read_registrations(books: StoreCounts) -> dict[str, str]:
    rows = await books.rows("registration", "SELECT id, side FROM persons")
    return {str(row["id"]): row["side"] for row in rows}


async def _count_acknowledgements(
    books: StoreCounts, mails: Iterable[Received], registered: Mapping[str, str]
) -> int:
    """Registered people with exactly one acknowledgement in the mailbox."""
    rows = await books.rows("notification", "SELECT id, person FROM messages")
    person_of: dict[str, str] = {str(row["id"]): row["person"] for row in rows}
    got = Counter(
        person_of.get(mail.message_id, "") for mail in mails if mail.template in ACKNOWLEDGEMENTS
    )
    return sum(1 for person in registered if got[person] == 1)


async def _messages(books: StoreCounts, mails: list[Received]) -> dict[str, int]:
    channels = Counter(mail.channel for mail in mails)
    ids = Counter(mail.message_id for mail in mails)
    failed = await books.count(
        "notification",
        "SELECT count(*) FROM messages"
        " WHERE state IN ('permanent-failure', 'technical-failure', 'unknown')",
    )
    return {
        "mail": channels["mail"],
        "sms": channels["sms"],
        "failed": failed,
        "duplicates": sum(count - 1 for count in ids.values()),
    }


async def _wait_days(books: StoreCounts) -> dict[str, float | None]:
    """Days from registration to introduction, over those who were introduced."""
    asked: dict[UUID, datetime] = {
        row["id"]: row["registered_at"]
        for row in await books.rows("registration", "SELECT id, registered_at FROM requests")
    }
    waits = sorted(
        (row["introduced_at"] - asked[row["request_id"]]).total_seconds() / 86_400
        for row in await books.rows(
            "notification",
            "SELECT request_id, introduced_at FROM introductions WHERE introduced_at IS NOT NULL",
        )
    )
    if len(waits) < 2:
        return {"p50": waits[0] if waits else None, "p95": waits[0] if waits else None}
    cuts = quantiles(waits, n=100, method="inclusive")
    return {"p50": round(cuts[49], 2), "p95": round(cuts[94], 2)}
