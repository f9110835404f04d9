"""What should be done by now and is not: for an operator to look at."""

from datetime import datetime

from shared.contracts.held import HELD_QUEUES
from shared.persistence.batch import Connection

RECEIPT_HOURS = 24
"""Within so many hours every service has erased whom it was told to erase."""

# $1: now. Every service that holds anything of people gives a receipt.
_ERASURES = f"""
SELECT count(*) FROM erasures e
WHERE e.asked_at < $1::timestamptz - interval '{RECEIPT_HOURS} hours'
    AND (e.erased_at IS NULL OR {len(HELD_QUEUES)} >
        (SELECT count(*) FROM erasure_receipts r WHERE r.person_id = e.person_id))
"""

LATE = {"erasures": _ERASURES}
"""For the service's `set_aside`."""


async def count_looks(connection: Connection, before: datetime) -> int:
    """Rows of the ledger that are older than that."""
    count: int = await connection.fetchval("SELECT count(*) FROM ledger WHERE at < $1", before)
    return count
