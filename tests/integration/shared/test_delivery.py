"""On a real broker: once each, retried, parked, and nothing of a bad neighbour on the good."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.contracts.events import MeetingConfirmed
from shared.messaging.connection import open_connection
from shared.messaging.envelope import ATTEMPT, ORIGIN, REASON
from shared.messaging.names import parked_queue
from shared.persistence.transaction import Transaction
from tests.integration.shared.conftest import QUICK, Connect, Connected, a_meeting, note
from tests.support.waiting import until


async def test_every_event_arrives_once_and_leaves_nothing_behind(connected: Connect) -> None:
    c = await connected(note)
    meetings = [a_meeting() for _ in range(300)]
    await asyncio.gather(*(c.state(meeting) for meeting in meetings))

    async def all_there() -> bool:
        return len(await c.read_notes()) >= len(meetings)

    await until(all_there)
    assert sorted(await c.read_notes()) == sorted(meeting.pair_id for meeting in meetings)
    assert await c.pool.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0


async def test_an_event_delivered_three_times_has_one_effect(connected: Connect) -> None:
    c = await connected(note)
    meetings = [a_meeting() for _ in range(40)]
    event_ids = [str(uuid4()) for _ in meetings]
    for _ in range(3):
        for meeting, event_id in zip(meetings, event_ids, strict=True):
            await c.publish(meeting.model_dump_json().encode(), **{"ce-id": event_id})

    async def empty() -> bool:
        return await c.count(c.queue) == 0 and len(await c.read_notes()) >= 40

    await until(empty)
    await asyncio.sleep(0.5)
    assert len(await c.read_notes()) == 40


async def test_an_unreadable_event_is_parked_with_its_reason_and_its_neighbours_go_on(
    connected: Connect,
) -> None:
    c = await connected(note)
    good = a_meeting()
    await c.publish(b'{"pair_id": "Lea Martin, 06 39 98 00 01"}', **{"ce-id": str(uuid4())})
    await c.publish(b"\xff\xfe not json", **{"ce-id": str(uuid4())})
    await c.publish(good.model_dump_json().encode())  # no ce-id
    await c.publish(good.model_dump_json().encode(), **{"ce-id": str(uuid4())})

    async def is_settled() -> bool:
        return await c.count(parked_queue(c.queue)) == 3 and await c.read_notes() == [good.pair_id]

    await until(is_settled)
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        parked = await channel.get_queue(parked_queue(c.queue))
        reasons = [str((await parked.get(no_ack=True)).headers[REASON]) for _ in range(3)]
    assert "pair_id uuid_parsing" in " ".join(reasons)
    assert "Martin" not in " ".join(reasons)


async def test_a_handler_that_fails_is_tried_again_and_spoils_no_neighbour(
    connected: Connect,
) -> None:
    stubborn, good, mended = a_meeting(), [a_meeting() for _ in range(20)], asyncio.Event()

    async def fails_until_mended(event: MeetingConfirmed, tx: Transaction) -> None:
        await note(event, tx)
        if event == stubborn and not mended.is_set():
            raise LookupError("not yet")

    c = await connected(fails_until_mended, policy=replace(QUICK, retry_delays=(1, 1, 1, 1, 1)))
    for meeting in (*good[:10], stubborn, *good[10:]):
        await c.state(meeting)
    await c.until_noted(20)
    assert await c.read_notes() == sorted(meeting.pair_id for meeting in good)
    mended.set()
    await c.until_noted(21)
    assert await c.count(c.parked_queue) == 0


async def test_what_fails_to_the_end_is_parked_with_kind_and_place(connected: Connect) -> None:

    async def never(event: MeetingConfirmed, tx: Transaction) -> None:
        raise LookupError("about Lea Martin")

    c = await connected(never)
    await c.state(a_meeting())

    async def is_parked() -> bool:
        return await c.count(parked_queue(c.queue)) == 1

    await until(is_parked)
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        message = await (await channel.get_queue(parked_queue(c.queue))).get(no_ack=True)
    assert str(message.headers[REASON]).startswith("LookupError at ")
    assert "Martin" not in str(message.headers)


async def test_two_replicas_share_the_work_without_a_double_effect(connected: Connect) -> None:
    first = await connected(note)
    second = await connected(beside=first)
    meetings = [a_meeting() for _ in range(200)]
    await asyncio.gather(
        *(who.state(m) for who, m in zip([first, second] * 100, meetings, strict=True))
    )

    async def all_there() -> bool:
        return len(await first.read_notes()) >= 200

    await until(all_there)
    assert sorted(await first.read_notes()) == sorted(meeting.pair_id for meeting in meetings)


async def test_a_transaction_that_fails_states_nothing(connected: Connect) -> None:
    c = await connected(note)

    async def failing() -> None:
        async with c.runtime.begin() as tx:
            tx.publish(a_meeting())
            raise LookupError

    with pytest.raises(LookupError):
        await failing()
    assert await c.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_one_bad_apple_in_a_group_is_tried_alone_and_the_order_of_the_others_holds(
    connected: Connect,
) -> None:
    gate = asyncio.Event()

    async def in_order(event: MeetingConfirmed, tx: Transaction) -> None:
        await gate.wait()
        await note(event, tx)
        if event.pair_id.int == 7:
            raise LookupError

    c = await connected(in_order)
    for n in range(20):
        await c.publish_event(MeetingConfirmed(pair_id=UUID(int=n), request_id=uuid4()))

    async def all_in_hand() -> bool:
        return await c.count(c.queue) == 0

    await until(all_in_hand)
    gate.set()
    await c.until_noted(19)
    as_committed = await c.pool.fetch("SELECT pair_id FROM notes ORDER BY ctid")
    assert [row["pair_id"].int for row in as_committed] == [n for n in range(20) if n != 7]
    await c.wait_for_parked()
    assert c.outcomes() == {"done": 19, "retried": 1, "parked": 1}


async def test_a_bad_argument_of_ours_is_no_absent_database(connected: Connect) -> None:
    """asyncpg calls both an InterfaceError; only one of them is worth waiting for."""

    async def is_unclear(event: MeetingConfirmed, tx: Transaction) -> None:
        await tx.connection.execute("INSERT INTO notes VALUES ($1)", "not a UUID")

    async def mail_server_away(event: MeetingConfirmed, tx: Transaction) -> None:
        raise ConnectionRefusedError

    for handler, kind in ((is_unclear, "DataError"), (mail_server_away, "ConnectionRefusedError")):
        c = await connected(handler)
        await c.publish_event(a_meeting())
        (message,) = await c.wait_for_parked()
        assert str(message.headers[REASON]).startswith(f"{kind} at tests/integration/shared/")


async def test_two_in_each_others_way_both_get_through_uncounted(connected: Connect) -> None:
    met = asyncio.Event()

    async def collides(event: MeetingConfirmed, tx: Transaction) -> None:
        await note(event, tx)
        if not met.is_set():
            met.set()
            raise asyncpg.DeadlockDetectedError

    c = await connected(collides)
    await c.publish_event(a_meeting())
    await c.until_noted(1)
    await until(lambda: _outcomes(c, {"done": 1}))


async def test_what_breaks_a_rule_only_at_the_commit_is_to_blame(connected: Connect) -> None:
    async def breaks(event: MeetingConfirmed, tx: Transaction) -> None:
        await tx.connection.execute("INSERT INTO late VALUES (1, 2)")

    c = await connected(breaks)
    await c.pool.execute(
        "CREATE TABLE late (id int PRIMARY KEY,"
        " other int REFERENCES late DEFERRABLE INITIALLY DEFERRED)"
    )
    await c.publish_event(a_meeting())
    (message,) = await c.wait_for_parked()
    assert str(message.headers[REASON]).startswith("ForeignKeyViolationError at ")


async def test_a_reason_names_no_field_that_a_stranger_chose(connected: Connect) -> None:
    c = await connected()
    await c.publish(b'{"pair_id": 3, "Lea Martin": 1}', **{"ce-id": str(uuid4())})
    await c.publish(b'["Lea Martin"]', **{"ce-id": str(uuid4())})
    messages = await c.wait_for_parked(2)
    reasons = sorted(str(message.headers[REASON]) for message in messages)
    assert reasons == [
        "not a meeting.confirmed: body model_type",
        "not a meeting.confirmed: pair_id uuid_type, request_id missing",
    ]


async def test_a_strangers_headers_neither_count_as_attempts_nor_break_anything(
    connected: Connect,
) -> None:
    async def fails_once(event: MeetingConfirmed, tx: Transaction) -> None:
        await note(event, tx)
        if len(tries) == 0:
            tries.append(1)
            raise LookupError

    tries: list[int] = []
    c = await connected(fails_once)
    odd = {ATTEMPT: 99, ORIGIN: "partner.other", "x-death": "no list", "table": {"a": [1, None]}}
    await c.publish(a_meeting().model_dump_json().encode(), **{"ce-id": str(uuid4()), **odd})
    await c.until_noted(1)
    await until(lambda: _outcomes(c, {"retried": 1, "done": 1}))


async def _outcomes(c: Connected, wanted: dict[str, int]) -> bool:
    return c.outcomes() == wanted
