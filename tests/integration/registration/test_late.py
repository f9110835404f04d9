"""What should be done by now and is not comes before an operator: erasures, old ledger rows."""

from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

import pytest

from services.registration.domain.retention import default_retention
from services.registration.store.late import RECEIPT_HOURS
from services.registration.use_cases.apply_retention import count_late_looks
from services.registration.use_cases.erase_person import erase_person
from shared.contracts.events import ErasureDone, MentorRegistered
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer

Receiver = Literal["matching", "notification", "followup"]
ALL: tuple[Receiver, ...] = ("followup", "matching", "notification")


@pytest.fixture
async def erased(s: ServiceHarness, partner: str) -> UUID:
    await register(s, {"kind": "mentor", **volunteer()})
    (registered,) = await s.take_events()
    assert isinstance(registered, MentorRegistered)
    async with s.runtime.begin() as tx:
        await erase_person(registered.mentor_id, "mentor", "person", tx)
    return registered.mentor_id


async def count_unfinished(s: ServiceHarness) -> int:
    count: int = await s.pool.fetchval(s.service.set_aside["erasures"], s.clock.now())
    return count


async def confirm(s: ServiceHarness, person_id: UUID, *services: Receiver) -> None:
    for service in services:
        await s.handle(ErasureDone(person_id=person_id, service=service))


async def test_an_erasure_without_all_receipts_after_a_day_is_counted(
    s: ServiceHarness, erased: UUID
) -> None:
    await confirm(s, erased, *ALL[:2])
    s.clock.advance(hours=RECEIPT_HOURS)
    assert await count_unfinished(s) == 0, "until then it is on its way"
    s.clock.advance(seconds=1)
    assert await count_unfinished(s) == 1
    await confirm(s, erased, ALL[2])
    assert await count_unfinished(s) == 0


async def test_an_erasure_with_all_receipts_is_never_counted(
    s: ServiceHarness, erased: UUID
) -> None:
    await confirm(s, erased, *ALL)
    s.clock.advance(days=30)
    assert await count_unfinished(s) == 0


async def test_old_rows_of_the_ledger_that_nobody_takes_away_are_counted(s: ServiceHarness) -> None:
    await s.pool.execute(
        "INSERT INTO ledger (at, actor, person_id, what, reason)"
        " VALUES ($1, 'notification', $2, 'contact:mentee', 'mentee_registered')",
        s.clock.now(),
        uuid4(),
    )
    s.clock.advance(days=default_retention().ledger + 2)
    for late, step in ((0, timedelta()), (1, timedelta(seconds=1))):
        s.clock.set(s.clock.now() + step)
        async with s.runtime.begin() as tx:
            assert await count_late_looks(tx) == late
