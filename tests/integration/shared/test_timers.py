"""Durable timers: once, late rather than never, and one that fails holds up no other."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from time import perf_counter
from uuid import UUID, uuid4

import asyncpg
import pytest
import structlog

from shared.messaging.correlation import MessageContext
from shared.persistence.database import close_pool, open_pool
from shared.persistence.timers import ATTEMPTS, TimerScheduler
from shared.persistence.transaction import Transaction, TransactionFactory
from shared.service.definition import Timer, TimerHandler
from shared.service.metrics import Metrics
from tests.conftest import Databases
from tests.integration.shared.conftest import a_meeting, a_service
from tests.support.clock import ManualClock
from tests.support.waiting import until


@pytest.fixture
async def pool(databases: Databases) -> AsyncIterator[asyncpg.Pool]:
    opened = await open_pool(await databases.fresh(a_service()), size=8)
    yield opened
    await close_pool(opened)


class Alarm:
    """Timers of one service; each that fires is noted under its key (a UUID)."""

    def __init__(self, pool: asyncpg.Pool, clock: ManualClock) -> None:
        self.pool = pool
        self.clock = clock
        self.transactions = TransactionFactory("small", pool, clock)

    def scheduler(self, **handlers: TimerHandler) -> TimerScheduler:
        return TimerScheduler(
            self.transactions, {"remind": self.note, **handlers}, Metrics("small")
        )

    async def note(self, timer: Timer, tx: Transaction) -> None:
        await tx.connection.execute("INSERT INTO notes VALUES ($1)", UUID(timer.key))

    async def set(self, count: int = 1, kind: str = "remind", **due: float) -> None:
        async with self.transactions.begin() as tx:
            for _ in range(count):
                await tx.schedule(kind, uuid4(), tx.now + timedelta(**due))

    async def count_fired(self) -> int:
        return int(await self.pool.fetchval("SELECT count(*) FROM notes"))

    async def count_left(self) -> int:
        return int(await self.pool.fetchval("SELECT count(*) FROM timers"))


@pytest.fixture
def alarm(pool: asyncpg.Pool, clock: ManualClock) -> Alarm:
    return Alarm(pool, clock)


async def until_idle(scheduler: TimerScheduler) -> int:
    fired = 0
    while await scheduler.fire_next():
        fired += 1
    return fired


async def test_a_timer_fires_when_it_is_due_and_once(alarm: Alarm) -> None:
    await alarm.set(days=3)
    scheduler = alarm.scheduler()
    assert not await scheduler.fire_next()
    alarm.clock.advance(days=3)
    assert await scheduler.fire_next()
    assert not await scheduler.fire_next()
    assert (await alarm.count_fired(), await alarm.count_left()) == (1, 0)


async def test_after_days_of_outage_everything_fires_the_longest_overdue_first(
    alarm: Alarm,
) -> None:
    order: list[float] = []

    async def late(timer: Timer, tx: Transaction) -> None:
        order.append((tx.now - timer.due).days)

    for days in (5, 1, 3):
        await alarm.set(kind="late", days=days)
    alarm.clock.advance(days=30)
    assert await until_idle(alarm.scheduler(late=late)) == 3
    assert order == [29, 27, 25]


async def test_two_thousand_due_at_once_fire_once_each_under_four_schedulers(alarm: Alarm) -> None:
    await alarm.set(2_000, hours=1)
    alarm.clock.advance(hours=2)
    started = perf_counter()
    fired = await asyncio.gather(*(until_idle(alarm.scheduler()) for _ in range(4)))
    print(f"2000 timers, 4 keepers: {2_000 / (perf_counter() - started):.0f} a second")
    assert (await alarm.count_fired(), await alarm.count_left()) == (2_000, 0)
    assert sum(fired) == 2_000
    assert await alarm.pool.fetchval("SELECT count(DISTINCT pair_id) FROM notes") == 2_000


async def test_one_that_fails_leaves_nothing_and_comes_again_while_others_fire(
    alarm: Alarm,
) -> None:
    async def fails(timer: Timer, tx: Transaction) -> None:
        await alarm.note(timer, tx)
        tx.publish(a_meeting())
        raise LookupError("about Lea Martin")

    await alarm.set(kind="fails", hours=1)
    await alarm.set(3, hours=2)
    alarm.clock.advance(hours=3)
    assert await until_idle(alarm.scheduler(fails=fails)) == 4
    assert (await alarm.count_fired(), await alarm.count_left()) == (3, 1)
    assert await alarm.pool.fetchval("SELECT count(*) FROM outbox") == 0
    assert await alarm.pool.fetchval("SELECT attempts FROM timers") == 1


async def test_one_that_always_fails_is_set_aside_with_its_reason(alarm: Alarm) -> None:
    async def fails(timer: Timer, tx: Transaction) -> None:
        raise LookupError("about Lea Martin")

    await alarm.set(kind="fails", hours=1)
    alarm.clock.advance(hours=2)
    scheduler = alarm.scheduler(fails=fails)
    for _ in range(ATTEMPTS):
        assert await scheduler.fire_next()
        await alarm.pool.execute("UPDATE timers SET not_before = now()")
    assert not await scheduler.fire_next()
    row = await alarm.pool.fetchrow("SELECT * FROM timers")
    assert row is not None
    assert row["attempts"] == ATTEMPTS
    assert row["parked_reason"].startswith("LookupError at tests/integration/shared/test_timers")


async def test_a_database_at_fault_is_no_attempt_of_the_timer(alarm: Alarm) -> None:
    async def collides(timer: Timer, tx: Transaction) -> None:
        raise asyncpg.DeadlockDetectedError

    await alarm.set(kind="collides", hours=1)
    alarm.clock.advance(hours=2)
    with pytest.raises(asyncpg.DeadlockDetectedError):
        await alarm.scheduler(collides=collides).fire_next()
    assert await alarm.pool.fetchval("SELECT attempts FROM timers") == 0


async def test_one_that_breaks_a_rule_only_at_the_commit_holds_up_no_other(alarm: Alarm) -> None:
    await alarm.pool.execute(
        "CREATE TABLE late (id int PRIMARY KEY,"
        " other int REFERENCES late DEFERRABLE INITIALLY DEFERRED)"
    )

    async def breaks(timer: Timer, tx: Transaction) -> None:
        await tx.connection.execute("INSERT INTO late VALUES (1, 2)")

    await alarm.set(kind="breaks", hours=1)
    await alarm.set(hours=1)
    alarm.clock.advance(hours=2)
    assert await until_idle(alarm.scheduler(breaks=breaks)) == 2
    assert await alarm.count_fired() == 1
    assert await alarm.pool.fetchval("SELECT attempts FROM timers") == 1


async def test_a_timer_that_sets_itself_again_goes_on(alarm: Alarm) -> None:
    async def monthly(timer: Timer, tx: Transaction) -> None:
        await alarm.note(timer, tx)
        await tx.schedule("monthly", timer.key, timer.due + timedelta(days=30))

    await alarm.set(kind="monthly", days=30)
    scheduler = alarm.scheduler(monthly=monthly)
    for month in range(1, 4):
        alarm.clock.advance(days=30)
        assert await until_idle(scheduler) == 1
        assert (await alarm.count_fired(), await alarm.count_left()) == (month, 1)


async def test_a_timer_goes_on_with_the_context_that_set_it(alarm: Alarm) -> None:
    context, contexts = MessageContext(uuid4(), uuid4()), []

    async def record_context(timer: Timer, tx: Transaction) -> None:
        logged = structlog.contextvars.get_contextvars()
        contexts.append((tx.cause.correlation_id, logged["correlation_id"]))
        tx.publish(a_meeting())

    async with alarm.transactions.begin(context) as tx:
        await tx.schedule("record_context", uuid4(), tx.now)
    await alarm.scheduler(record_context=record_context).fire_next()
    assert contexts == [(context.correlation_id, str(context.correlation_id))]
    headers = await alarm.pool.fetchval("SELECT headers FROM outbox")
    assert headers["ce-correlationid"] == str(context.correlation_id)


async def test_a_scheduler_outlives_its_database(alarm: Alarm) -> None:
    """The loop goes on; what a killed session left undone fires afterwards."""
    stopping = asyncio.Event()
    running = asyncio.create_task(alarm.scheduler().run(stopping))
    await asyncio.sleep(0.3)
    async with alarm.pool.acquire() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await alarm.pool.expire_connections()  # ours may be one that does not know its end yet
    await alarm.set()

    async def is_empty() -> bool:
        return await alarm.count_left() == 0

    await until(is_empty)
    stopping.set()
    await running
    assert await alarm.count_fired() == 1
