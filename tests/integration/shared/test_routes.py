"""An event counts only when it came by a route that the broker's permissions cover."""

from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import HeadersType

from shared.messaging.connection import open_connection
from shared.messaging.envelope import REASON
from shared.messaging.names import EVENTS_EXCHANGE, retry_exchange
from shared.messaging.routes import UNPERMITTED
from tests.integration.shared.conftest import Connect, Connected, a_meeting


@pytest.mark.parametrize(
    ("exchange", "copies"),
    [(EVENTS_EXCHANGE, "CC"), (EVENTS_EXCHANGE, "BCC"), ("", None), ("", "BCC")],
)
async def test_a_copy_or_a_message_past_the_exchange_of_events_has_no_effect(
    connected: Connect, exchange: str, copies: str | None
) -> None:
    c: Connected = await connected()
    headers: HeadersType = {"ce-id": str(uuid4())}
    key = c.queue if exchange == "" else "alert.raised"
    if copies:
        headers[copies] = [c.queue if exchange == "" else "meeting.confirmed"]
    body = a_meeting().model_dump_json().encode()
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        way = await channel.get_exchange(exchange, ensure=False)
        await way.publish(aio_pika.Message(body, headers=headers), key)
    (held,) = await c.wait_for_parked()
    assert held.headers[REASON] == UNPERMITTED
    assert await c.read_notes() == []
    await c.publish_event(a_meeting())
    await c.until_noted(1)


@pytest.mark.parametrize("copies", ["CC", "BCC"])
async def test_what_another_service_puts_into_a_retry_queue_has_no_effect(
    connected: Connect, copies: str
) -> None:
    """By the default exchange into a delay queue, to leave it with a copy for another queue."""
    c: Connected = await connected()
    exchange = retry_exchange(c.service.name, *c.runtime.policy.retry_delays)
    headers: HeadersType = {"ce-id": str(uuid4()), copies: [c.queue]}
    forged = aio_pika.Message(
        a_meeting().model_dump_json().encode(), headers=headers, expiration=0.1
    )
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        await channel.default_exchange.publish(forged, exchange)
    (held,) = await c.wait_for_parked()
    assert held.headers[REASON] == UNPERMITTED
    assert await c.read_notes() == []
