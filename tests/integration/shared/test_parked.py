"""`binome parked` on a real queue: list without consuming, replay, discard."""

import asyncio
import json
import os
import sys
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue

from shared.messaging.connection import open_connection
from shared.messaging.envelope import ORIGIN, REASON
from shared.messaging.names import DELIVERY_LIMIT
from shared.messaging.topology import declare, topology
from shared.persistence.transaction import Transaction
from tests.conftest import ROOT
from tests.integration.shared.conftest import Connect, Connected, a_meeting, a_service, note
from tests.support.waiting import PATIENCE, until

COMMAND = (sys.executable, "-m", "deploy.cli.main", "parked")


async def run_parked(url: str, *arguments: str, status: int = 0) -> str:
    """Run the command as an operator does."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        env={**os.environ, "BINOME_AMQP_URL": url},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == status, output.decode()
    return output.decode()


async def list_parked(c: Connected, *more: str) -> list[dict[str, Any]]:
    output = await run_parked(c.amqp_url, "show", c.queue, *more)
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
async def troubled(connected: Connect) -> Connected:
    """A service that refuses everything until it is mended."""

    async def fails(event: Any, tx: Transaction) -> None:
        await note(event, tx)
        if await tx.connection.fetchval("SELECT count(*) FROM mended") == 0:
            raise LookupError("not mended")

    c: Connected = await connected(fails)
    await c.pool.execute("CREATE TABLE mended (at timestamptz)")
    return c


async def test_what_is_parked_is_shown_with_its_reason_and_stays(troubled: Connected) -> None:
    event_ids = [uuid4() for _ in range(3)]
    for event_id in event_ids:
        await troubled.publish_event(a_meeting(), event_id)
    await until(lambda: _count(troubled, 3))
    first, again = await list_parked(troubled), await list_parked(troubled, "--body")
    for lines in (first, again):
        assert {line["id"] for line in lines} == {str(x) for x in event_ids}
        assert all(line["reason"].startswith("LookupError at tests/") for line in lines)
    assert all(line["body"] is None for line in first)
    assert all("pair_id" in line["body"] for line in again)


async def test_chosen_ones_are_discarded_and_the_others_replayed(troubled: Connected) -> None:
    event_ids = [str(uuid4()) for _ in range(4)]
    meetings = [a_meeting() for _ in event_ids]
    for meeting, event_id in zip(meetings, event_ids, strict=True):
        await troubled.publish(meeting.model_dump_json().encode(), **{"ce-id": event_id})
    await until(lambda: _count(troubled, 4))
    output = await run_parked(troubled.amqp_url, "discard", troubled.queue, event_ids[0])
    assert output.startswith("1 message")
    await troubled.pool.execute("INSERT INTO mended VALUES (now())")
    output = await run_parked(troubled.amqp_url, "replay", troubled.queue, *event_ids[1:3])
    assert output.startswith("2 message")
    await troubled.until_noted(2)
    assert await troubled.read_notes() == sorted(meeting.pair_id for meeting in meetings[1:3])
    await run_parked(troubled.amqp_url, "replay", troubled.queue)
    await troubled.until_noted(3)
    assert await troubled.count(troubled.parked_queue) == 0


async def test_what_no_service_set_aside_is_never_replayed(connected: Connect) -> None:
    """Sent past the exchange of events, or laid among the parked ones: a replay would let it in."""
    c: Connected = await connected()
    forged = a_meeting().model_dump_json().encode()
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        for queue in (c.queue, c.parked_queue):
            message = aio_pika.Message(forged, headers={"ce-id": str(uuid4())})
            await channel.default_exchange.publish(message, queue)
    await until(lambda: _count(c, 2))
    output = await run_parked(c.amqp_url, "replay", c.queue)
    assert output.splitlines() == [
        "0 message(s) rejoué(s)",
        "2 message(s) jamais rejoué(s) : ils ne viennent d'aucun service.",
    ]
    assert await c.read_notes() == []
    await run_parked(c.amqp_url, "discard", c.queue)
    assert await c.count(c.parked_queue) == 0


async def test_what_a_dying_process_left_is_listed_and_replayed(vhost: str) -> None:
    """20 deliveries without an answer: the broker itself sets it aside, and forgets nothing."""
    service = a_service()
    await declare(vhost, topology([service]))
    queue = f"{service.name}.meeting.confirmed"
    async with await open_connection(vhost) as link, link.channel() as channel:
        events = await channel.get_exchange("binome.events", ensure=False)
        message = aio_pika.Message(b"{}", headers={"ce-id": "number 7"})
        await events.publish(message, "meeting.confirmed")
        home = await channel.get_queue(queue)
        for _ in range(DELIVERY_LIMIT + 1):
            await (await _next(home)).nack(requeue=True)
        await until(lambda: _is_parked(vhost, queue))
        (line,) = [json.loads(x) for x in (await run_parked(vhost, "show", queue)).splitlines()]
        assert line["reason"] == f"delivery_limit in {queue}"
        await run_parked(vhost, "replay", queue)
        again = await _next(home)
        theirs = {k: v for k, v in again.headers.items() if not k.startswith("x-")}
        assert theirs == {"ce-id": "number 7", ORIGIN: "meeting.confirmed"}
        assert REASON not in again.headers
        await again.ack()
        for name in topology([service]).queues:
            await channel.queue_delete(name)


async def test_a_missing_queue_is_one_sentence(vhost: str) -> None:
    output = await run_parked(vhost, "show", "no.such.queue", status=1)
    assert output.startswith("Aucune file no.such.queue.parked")
    assert len(output.splitlines()) == 1


async def _next(queue: AbstractQueue) -> AbstractIncomingMessage:
    """The next message; one that was given back is there again after a moment."""
    async with asyncio.timeout(PATIENCE):
        while (message := await queue.get(fail=False)) is None:
            await asyncio.sleep(0.05)
    return message


async def _is_parked(url: str, queue: str) -> bool:
    async with await open_connection(url) as link, link.channel() as channel:
        found = await channel.declare_queue(f"{queue}.parked", passive=True)
        return bool(found.declaration_result.message_count)


async def _count(c: Connected, count: int) -> bool:
    return await c.count(c.parked_queue) == count
