"""A process that publishes an accepted round, to be killed: `python -m … DATABASE ROUND`."""

import asyncio
import sys
from datetime import timedelta
from uuid import UUID, uuid4

from services.matching.service import SERVICE
from services.matching.store import Rounds
from services.matching.use_cases.publish_round import Publishing
from shared.persistence.database import open_pool
from tests.support.clock import ManualClock
from tests.support.service_harness import set_up

LEASE = timedelta(seconds=1)


async def publish(url: str, round_id: UUID) -> None:
    pool = await open_pool(url)
    harness = await set_up(SERVICE, pool, ManualClock())
    async with harness.runtime.begin() as tx:
        claimed = await Rounds(tx.connection).claim(uuid4(), LEASE)
    if claimed is None or claimed.round_id != round_id:
        raise LookupError(str(round_id))
    await Publishing(harness.runtime, LEASE).publish(claimed)


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1], UUID(sys.argv[2])))
