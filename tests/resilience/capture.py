"""Everything that passes any exchange or queue of the stack, as the broker itself traces it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aio_pika.abc import AbstractIncomingMessage

from deploy.devstack.accounts import VHOST
from deploy.devstack.local_stack import LocalStack
from shared.messaging.connection import open_connection
from shared.messaging.names import PARTNERS_IN


@dataclass
class Captured:
    """Traced messages: (routing key of the trace, exchange, headers and body as text)."""

    seen: list[tuple[str, str, str]] = field(default_factory=list)

    def leaks(self, secrets: set[str]) -> list[str]:
        """Where one of these words passed outside of `partners.in` and the restricted reply."""
        return [
            f"{trace} ({exchange})"
            for trace, exchange, text in self.seen
            if not _may_hold_people(trace, exchange) and any(word in text for word in secrets)
        ]

    def holds(self, secrets: set[str]) -> bool:
        """Whether one of these words was seen at all: else the capture proves nothing."""
        return any(word in text for _, _, text in self.seen for word in secrets)


def _may_hold_people(trace: str, exchange: str) -> bool:
    # publish.<exchange> and deliver.<queue>; the direct reply passes the default exchange.
    return exchange == PARTNERS_IN or "amq.rabbitmq.reply-to." in trace


@asynccontextmanager
async def capture(stack: LocalStack) -> AsyncIterator[Captured]:
    """Trace the stack's virtual host while the block runs."""
    stack.servers.rabbitmqctl("trace_on", "-p", VHOST)
    found = Captured()
    link = await open_connection(stack.environment["BINOME_AMQP_URL"])
    channel = await link.channel()
    await channel.set_qos(500)
    queue = await channel.declare_queue(exclusive=True)
    trace = await channel.get_exchange("amq.rabbitmq.trace", ensure=False)
    await queue.bind(trace, "#")

    async def note(message: AbstractIncomingMessage) -> None:
        exchange = str(message.headers.get("exchange_name", ""))
        keys = str(message.headers.get("routing_keys", ""))
        body = message.body.decode(errors="replace")
        text = f"{message.headers} {body}"
        found.seen.append((f"{message.routing_key} {keys}", exchange, text))

    await queue.consume(note, no_ack=True)
    try:
        yield found
        await asyncio.sleep(1)
    finally:
        await link.close()
        stack.servers.rabbitmqctl("trace_off", "-p", VHOST)
