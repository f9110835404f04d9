"""Answers, deadlines and replicas at the same time: one outcome a term, one answer a link."""

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest

from services.followup.domain.calendar import term_end
from services.followup.domain.questions import WISHES, Reply
from services.followup.store import Alerts, CheckIns, Engagements, NewAlert
from shared.contracts.events import EngagementEnded, EngagementRenewed, MeetingConfirmed
from shared.persistence.timers import TimerScheduler
from shared.web.signed_links import token_hash
from tests.integration.followup.pair import Pair, introduction
from tests.support.service_harness import ServiceHarness

PAIRS, REPLICAS = 12, 4


async def engage(harness: ServiceHarness, number: int) -> list[Pair]:
    pairs = [Pair(harness, introduction()) for _ in range(number)]
    for pair in pairs:
        await harness.handle(pair.event)
    return pairs


async def all_replicas_fire(harness: ServiceHarness) -> None:
    async def replica() -> None:
        scheduler = TimerScheduler(
            harness.runtime.transactions, harness.service.timers, harness.runtime.metrics
        )
        while await scheduler.fire_next():
            pass

    await asyncio.gather(*(replica() for _ in range(REPLICAS)))
    assert await harness.pool.fetchval("SELECT count(*) FROM timers WHERE attempts > 0") == 0


async def paths_of(pair: Pair, kind: str) -> list[str]:
    rows = await pair.harness.pool.fetch(
        "SELECT c.checkin_id FROM checkins c JOIN engagements e USING (engagement_id)"
        " WHERE e.pair_id = $1 AND c.kind = $2",
        pair.event.pair_id,
        kind,
    )
    return [pair.path(row["checkin_id"]) for row in rows]


@pytest.mark.parametrize("seed", range(4))
async def test_one_outcome_per_term_whatever_races(followup: ServiceHarness, seed: int) -> None:
    dice = random.Random(seed)
    pairs = await engage(followup, PAIRS)
    await pairs[0].days(77)
    await followup.take_events()
    taps = [
        (path, dice.choice(("renew", "renew", *WISHES)))
        for pair in pairs
        for path in await paths_of(pair, "month_3")
        for _ in range(dice.choice((0, 1, 3)))
    ]

    async def tap(path: str, answer: str) -> int:
        return (await followup.client.post(path, data={"answer": answer})).status_code

    # The last moment: answers come in while the deadline is being worked off by all replicas.
    followup.clock.advance(days=14, seconds=-1)
    answering = asyncio.gather(*(tap(*one) for one in taps[: len(taps) // 2]))
    await asyncio.gather(answering, all_replicas_fire(followup))
    statuses = await asyncio.gather(*(tap(*one) for one in taps[len(taps) // 2 :]))
    followup.clock.advance(seconds=1)
    await all_replicas_fire(followup)

    assert set(statuses) <= {303, 410}
    outcomes = Counter(
        event.pair_id
        for event in await followup.take_events()
        if isinstance(event, EngagementRenewed | EngagementEnded)
    )
    assert outcomes == Counter(pair.event.pair_id for pair in pairs)
    rows = await followup.pool.fetch(
        "SELECT e.ended_at, t.outcome, array_agg(c.answer ORDER BY c.side) AS answers"
        " FROM engagements e JOIN terms t USING (engagement_id)"
        " JOIN checkins c ON c.engagement_id = e.engagement_id AND c.kind = 'month_3'"
        " WHERE t.number = 1 GROUP BY 1, 2, e.pair_id"
    )
    assert len(rows) == PAIRS
    for row in rows:
        renewed = row["answers"] == ["renew", "renew"]
        assert row["outcome"] == ("renewed" if renewed else "ended")
        assert (row["ended_at"] is None) == renewed


async def test_of_many_taps_at_once_one_counts(followup: ServiceHarness) -> None:
    [pair] = await engage(followup, 1)
    await pair.days(7)
    path = pair.path(pair.find_question("first_meeting", "mentee").checkin_id)

    responses = await asyncio.gather(
        *(followup.client.post(path, data={"answer": "yes"}) for _ in range(8))
    )
    await all_replicas_fire(followup)

    assert Counter(r.status_code for r in responses) == {303: 1, 410: 7}
    assert len([f for f in await pair.take_events() if isinstance(f, MeetingConfirmed)]) == 1


async def test_two_yes_at_once_are_published_once(followup: ServiceHarness) -> None:
    pairs = await engage(followup, PAIRS)
    await pairs[0].days(7)
    await followup.take_events()
    paths = [path for pair in pairs for path in await paths_of(pair, "first_meeting")]
    for path in paths:
        await followup.client.post(path, data={"answer": "yes"})

    await all_replicas_fire(followup)

    pair_ids = [f.pair_id for f in await followup.take_events() if isinstance(f, MeetingConfirmed)]
    assert sorted(pair_ids) == sorted(pair.event.pair_id for pair in pairs)


async def test_whoever_waits_for_an_engagement_sees_it_as_it_was_left(pair: Pair) -> None:
    pool = pair.harness.pool
    engagement_id = await pool.fetchval("SELECT engagement_id FROM engagements")
    async with pool.acquire() as one, pool.acquire() as other:
        first = one.transaction()
        await first.start()
        held = await Engagements(one).get_for_update(engagement_id)
        async with other.transaction():
            waiting = asyncio.create_task(Engagements(other).get_for_update(engagement_id))
            await asyncio.sleep(0.2)
            assert not waiting.done()

            now = pair.harness.clock.now()
            await Engagements(one).renew(held, term_end(held.term_started_at), now)
            await first.commit()

            seen = await waiting
    assert (held.term, seen.term) == (1, 2)
    assert seen.term_started_at == term_end(held.term_started_at)


async def test_of_two_connections_one_takes_the_answer(pair: Pair) -> None:
    await pair.days(7)
    checkin_id = pair.find_question("first_meeting", "mentee").checkin_id
    pool, now = pair.harness.pool, pair.harness.clock.now()
    token = pair.harness.runtime.links.token("checkin", checkin_id)
    async with pool.acquire() as one, pool.acquire() as other:
        first = one.transaction()
        await first.start()
        assert await CheckIns(one).take_answer(checkin_id, Reply("yes"), now)
        assert await CheckIns(other).get_open_by_token(token_hash(token), now), "not committed yet"
        late = asyncio.create_task(CheckIns(other).take_answer(checkin_id, Reply("not_yet"), now))
        await asyncio.sleep(0.2)
        await first.commit()

        assert await late is False
        assert await CheckIns(other).get_open_by_token(token_hash(token), now) is None
        assert (await CheckIns(other).get_answered(checkin_id)).reply == Reply("yes")


async def test_of_two_connections_one_opens_the_alert(pair: Pair) -> None:
    pool, now = pair.harness.pool, pair.harness.clock.now()
    engagement_id = await pool.fetchval("SELECT engagement_id FROM engagements")
    ids = [pair.event.pair_id, pair.event.mentee_id]

    async def call(alert_id: UUID) -> int:
        async with pool.acquire() as connection, connection.transaction():
            signal = await Alerts(connection).open(alert_id, NewAlert("silent", engagement_id), now)
            return signal.number if signal else 0

    assert sorted(await asyncio.gather(*(call(i) for i in ids))) == [1, 2]
