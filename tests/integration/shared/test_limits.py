"""Sliding windows in PostgreSQL, held against a list of all uses; shared by replicas; purged."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.service import SERVICE
from shared.persistence.database import open_pool
from shared.persistence.limits import SLICES, Limit, Use, limits_free_at, use_limits
from shared.persistence.maintenance import purge
from tests.conftest import Databases

START = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
HOUR = Limit("hour", 3, 3600)
DAY = Limit("day", 5, 86_400)


@pytest.fixture
async def url(databases: Databases) -> str:
    return await databases.fresh(SERVICE)


@pytest.fixture
async def pool(url: str) -> AsyncIterator[asyncpg.Pool]:
    opened = await open_pool(url)
    yield opened
    await opened.close()


async def use(pool: asyncpg.Pool, now: datetime, *uses: Use) -> datetime | None:
    async with pool.acquire() as connection, connection.transaction():
        return await use_limits(connection, uses, now)


class Model:
    """All uses ever, and the rule: none is counted where a window, or a slice more, is full."""

    def __init__(self) -> None:
        self.uses: list[tuple[Use, datetime]] = []

    def within(self, wanted: Use, now: datetime, seconds: float) -> int:
        since = now - timedelta(seconds=seconds)
        return sum(1 for one, at in self.uses if one == wanted and since < at <= now)

    def count(self, uses: list[Use], now: datetime) -> None:
        self.uses += [(one, now) for one in uses]
        for one in uses:
            within = self.within(one, now, one.limit.seconds)
            assert within <= one.limit.most, "no window holds more than the limit"

    def refuse(self, uses: list[Use], now: datetime) -> None:
        slid = (SLICES + 1) / SLICES
        assert any(
            self.within(one, now, one.limit.seconds * slid) >= one.limit.most for one in uses
        ), "nobody is refused while a window and one slice more has room"


STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 59, 60, 61, 700, 3599, 3600, 3661, 20_000, 86_399, 90_000]),
        st.sets(st.sampled_from("ab"), min_size=1),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_windows_slide_as_a_list_of_all_uses_counts(
    pool: asyncpg.Pool, steps: list[tuple[int, set[str], bool]]
) -> None:
    await pool.execute("DELETE FROM limit_counts")
    model, now = Model(), START
    for seconds, names, with_day in steps:
        now += timedelta(seconds=seconds)
        uses = [Use(HOUR, name.encode()) for name in sorted(names)]
        uses += [Use(DAY, name.encode()) for name in sorted(names) if with_day]
        free_at = await use(pool, now, *uses)
        if free_at is None:
            model.count(uses, now)
        else:
            model.refuse(uses, now)
            assert free_at > now
            assert await reach(pool, free_at, uses) is None
            assert await reach(pool, free_at - timedelta(milliseconds=1), uses) is not None


async def test_of_many_at_once_from_two_replicas_as_many_pass_as_there_is_room(
    pool: asyncpg.Pool, url: str
) -> None:
    other = await open_pool(url)
    limit = Limit("hour", 7, 3600)
    one, two = Use(limit, b"one"), Use(limit, b"two")
    try:
        answers = await asyncio.gather(
            *(use(each, START, *both) for each in (pool, other) for both in ([one, two], [two, one])
              for _ in range(10))
        )  # fmt: skip
    finally:
        await other.close()
    assert answers.count(None) == 7
    assert await pool.fetchval("SELECT array_agg(uses) FROM limit_counts") == [7, 7]


async def test_whoever_is_refused_uses_nothing_up(pool: asyncpg.Pool) -> None:
    full, open_one = Use(Limit("full", 1, 3600), b"x"), Use(Limit("open", 1, 3600), b"x")
    assert await use(pool, START, full) is None
    assert await use(pool, START, full, open_one) == START + timedelta(minutes=61)
    assert await use(pool, START, open_one) is None


async def test_old_counts_are_removed_and_no_others(pool: asyncpg.Pool) -> None:
    hour, day = Use(Limit("hour", 1, 3600), b"x"), Use(Limit("day", 1, 86_400), b"x")
    await use(pool, START, hour, day)
    await purge(pool, START + timedelta(minutes=60))
    assert await pool.fetchval("SELECT count(*) FROM limit_counts") == 2
    await purge(pool, START + timedelta(minutes=61))
    assert await pool.fetchval("SELECT array_agg(rule) FROM limit_counts") == ["day"]
    assert await use(pool, START + timedelta(minutes=61), day) is not None
    await purge(pool, START + timedelta(hours=25))
    assert await pool.fetchval("SELECT count(*) FROM limit_counts") == 0


async def test_a_question_reads_one_key_however_many_there_are(pool: asyncpg.Pool) -> None:
    """The plan of the statement, and what it reads, in a table of 60 000 rows."""
    await pool.execute(
        "INSERT INTO limit_counts SELECT 'hour', decode(md5(n::text), 'hex'),"
        " $1::timestamptz - make_interval(mins => n % 60), 1, $1::timestamptz + interval '1 hour'"
        " FROM generate_series(1, 60000) n",
        START,
    )
    await pool.execute("ANALYZE limit_counts")
    plan = await pool.fetchval(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM limits_reached("
        " ARRAY['hour'], ARRAY[decode(md5('7'), 'hex')], ARRAY[1], ARRAY[3600.0::float8], $1)",
        START,
    )
    text = json.dumps(plan)
    assert "Seq Scan" not in text
    assert plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"] < 20


async def reach(pool: asyncpg.Pool, now: datetime, uses: list[Use]) -> datetime | None:
    async with pool.acquire() as connection:
        return await limits_free_at(connection, uses, now)
