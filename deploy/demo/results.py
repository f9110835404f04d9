"""The result table, counted from the services' own stores and from the mailbox.

Never from what the demonstration meant to do. What does not exist yet is None.
"""

from datetime import datetime
from statistics import quantiles
from typing import Any
from uuid import UUID

from deploy.demo.mail_results import count_acknowledgements, count_messages
from deploy.demo.result_queries import BEFORE_A_HUMAN, COUNTS
from deploy.demo.store_counts import StoreCounts


async def results(books: StoreCounts, now: datetime, seconds: float) -> dict[str, Any]:
    """The table of `binome demo --json`; field names are a contract."""
    registered = await _read_registrations(books)
    mails = await books.read_mails()
    return {
        **{side + "s": sum(1 for x in registered.values() if x == side) for side in _SIDES},
        "registered": len(registered),
        "acknowledged": await count_acknowledgements(books, mails, registered),
        **await _counts(books),
        "messages": await count_messages(books, mails),
        "wait_days": await _wait_days(books),
        "parked": await books.count_parked(),
        "outstanding": await books.outstanding(now),
        "unowned": await books.count_unowned(now),
        "before_a_human": await _before_a_human(books),
        "seconds": round(seconds, 1),
    }


_SIDES = ("mentee", "mentor")


async def _before_a_human(books: StoreCounts) -> dict[str, int]:
    """What somebody has to look at, by kind: each stands on a page, with an owner."""
    return {
        kind: await books.count(service, query) for kind, (service, query) in BEFORE_A_HUMAN.items()
    }


async def _counts(books: StoreCounts) -> dict[str, Any]:
    return {name: await books.count(service, query) for name, (service, query) in COUNTS.items()}


async def _read_registrations(books: StoreCounts) -> dict[str, str]:
    rows = await books.rows("registration", "SELECT id, side FROM persons")
    return {str(row["id"]): row["side"] for row in rows}


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
