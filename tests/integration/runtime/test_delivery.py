"""On a real broker: once each, retried, parked, and nothing of a bad neighbour on the good."""

import asyncio
from uuid import UUID, uuid4

import aio_pika
import pytest

from shared.contracts.events import MeetingConfirmed
from shared.runtime import topology as broker
from shared.runtime.envelope import REASON
from shared.runtime.transaction import Transaction
from tests.integration.runtime.conftest import a_meeting, note


async def test_every_fact_arrives_once_and_leaves_nothing_behind(connected):
    c = await connected(note)
    meetings = [a_meeting() for _ in range(300)]
    await asyncio.gather(*(c.state(meeting) for meeting in meetings))

    async def all_there() -> bool:
        return len(await c.noted()) >= len(meetings)

    await c.until(all_there)
    assert sorted(await c.noted()) == sorted(meeting.pair_id for meeting in meetings)
    assert await c.pool.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0


async def test_a_fact_delivered_three_times_has_one_effect(connected):
    c = await connected(note)
    meetings = [a_meeting() for _ in range(40)]
    event_ids = [str(uuid4()) for _ in meetings]
    for _ in range(3):
        for meeting, event_id in zip(meetings, event_ids, strict=True):
            await c.publish(meeting.model_dump_json().encode(), **{"ce-id": event_id})

    async def empty() -> bool:
        return await c.count(c.queue) == 0 and len(await c.noted()) >= 40

    await c.until(empty)
    await asyncio.sleep(0.5)
    assert len(await c.noted()) == 40


async def test_an_unreadable_fact_is_parked_with_its_reason_and_its_neighbours_go_on(connected):
    c = await connected(note)
    good = a_meeting()
    await c.publish(b'{"pair_id": "Lea Martin, 06 39 98 00 01"}', **{"ce-id": str(uuid4())})
    await c.publish(b"\xff\xfe not json", **{"ce-id": str(uuid4())})
    await c.publish(good.model_dump_json().encode())  # no ce-id
    await c.publish(good.model_dump_json().encode(), **{"ce-id": str(uuid4())})

    async def settled() -> bool:
        return await c.count(broker.parked(c.queue)) == 3 and await c.noted() == [good.pair_id]

    await c.until(settled)
    async with await aio_pika.connect(c.amqp_url) as link, link.channel() as channel:
        parked = await channel.get_queue(broker.parked(c.queue))
        reasons = [str((await parked.get(no_ack=True)).headers[REASON]) for _ in range(3)]
    assert "pair_id uuid_parsing" in " ".join(reasons)
    assert "Martin" not in " ".join(reasons)


async def test_a_handler_that_fails_is_tried_again_and_spoils_no_neighbour(connected):
    stubborn, good = a_meeting(), [a_meeting() for _ in range(20)]
    tries: list[UUID] = []

    async def fails_at_first(event: MeetingConfirmed, tx: Transaction) -> None:
        await note(event, tx)
        if event == stubborn:
            tries.append(event.pair_id)
            if len(tries) < 3:
                raise LookupError("not yet")

    c = await connected(fails_at_first)
    for meeting in (*good[:10], stubborn, *good[10:]):
        await c.state(meeting)

    async def all_there() -> bool:
        return len(await c.noted()) >= 21

    await c.until(all_there)
    assert len(set(await c.noted()) & {meeting.pair_id for meeting in good}) == 20


async def test_what_fails_to_the_end_is_parked_with_kind_and_place(connected):

    async def never(event: MeetingConfirmed, tx: Transaction) -> None:
        raise LookupError("about Lea Martin")

    c = await connected(never)
    await c.state(a_meeting())

    async def is_parked() -> bool:
        return await c.count(broker.parked(c.queue)) == 1

    await c.until(is_parked)
    async with await aio_pika.connect(c.amqp_url) as link, link.channel() as channel:
        message = await (await channel.get_queue(broker.parked(c.queue))).get(no_ack=True)
    assert str(message.headers[REASON]).startswith("LookupError at ")
    assert "Martin" not in str(message.headers)


async def test_two_replicas_share_the_work_without_a_double_effect(connected):
    first = await connected(note)
    second = await connected(beside=first)
    meetings = [a_meeting() for _ in range(200)]
    await asyncio.gather(
        *(who.state(m) for who, m in zip([first, second] * 100, meetings, strict=True))
    )

    async def all_there() -> bool:
        return len(await first.noted()) >= 200

    await first.until(all_there)
    assert sorted(await first.noted()) == sorted(meeting.pair_id for meeting in meetings)


async def test_a_transaction_that_fails_states_nothing(connected):
    c = await connected(note)

    async def failing() -> None:
        async with c.runtime.begin() as tx:
            tx.emit(a_meeting())
            raise LookupError

    with pytest.raises(LookupError):
        await failing()
    assert await c.pool.fetchval("SELECT count(*) FROM outbox") == 0
