"""Messages from outside: whatever is wrong with one goes back to its sender as a refusal.

A body may hold a person. So nothing copies it: neither onto the delay queues nor to the parked
messages. While our own database is away consuming pauses, and a message stays unacknowledged where
it is. A message is known by its sender's id and its body: the same again is a repeat, another body
under a used id is refused by name.
"""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from faststream.rabbit import RabbitMessage

from shared.messaging.batch import BatchProcessor, DatabaseUnavailable, Work
from shared.messaging.consumer import QueueConsumer, original_routing_key
from shared.messaging.context import ConsumerContext
from shared.messaging.correlation import MessageContext, as_text, as_uuid
from shared.messaging.handlers import handle_together, ordering_keys
from shared.messaging.routes import came_by_external_queue
from shared.persistence.inbox import StatedId, claim_external_id
from shared.persistence.transaction import Transaction
from shared.service.definition import ExternalQueue, InboundMessage
from shared.service.errors import error_fields, is_fault_of_ours
from shared.service.tasks import wait_with_timeout

EVENT_ID_REUSED = "event_id_reused"
UNREADABLE = "unreadable"
ATTEMPTS = 2
"""Two messages at once can be in each other's way; alone, the second attempt goes through."""

log = structlog.get_logger()


class ExternalQueueConsumer(QueueConsumer):
    """One external queue with its handler, and its refusals for what the handler fails on."""

    def __init__(self, external: ExternalQueue, context: ConsumerContext) -> None:
        super().__init__(
            external.queue,
            partial(_decode_message, external),
            _handler_of(external),
            context,
            is_fault_of_ours,
        )
        self._exchange = external.exchange
        self._refusals = BatchProcessor(
            external.queue, partial(_refuse_unreadable, external), context, is_fault_of_ours
        )

    @property
    def groups(self) -> list[BatchProcessor]:
        """The processor of messages and that of their refusals; both must run."""
        return [self.group, self._refusals]

    async def _process(self, message: RabbitMessage) -> str:
        """Whoever is written in a message that came past its exchange did not send it: nobody can
        be told, and its body is kept nowhere."""
        if not came_by_external_queue(message, self._exchange, self._context.service, self.queue):
            log.error("message.misrouted", queue=self.queue)
            return "refused"
        return await super()._process(message)

    async def _handle(self, message: RabbitMessage, cause: MessageContext, content: Any) -> str:  # noqa: ARG002 - overrides; a refused message is not set aside
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return "done" if await self.group.submit(cause, content) else "repeated"
            except DatabaseUnavailable:
                raise  # `receive` gives it back to its queue
            except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is refused after ATTEMPTS
                log.error(
                    "message.unreadable", queue=self.queue, attempt=attempt, **error_fields(error)
                )
        return await self._refuse(cause, content)

    async def _refuse(self, cause: MessageContext, message: InboundMessage) -> str:
        try:
            await self._refusals.submit(cause, message)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            # A mistake of ours: the message waits in its queue until it is mended.
            log.error("message.refusal_failed", queue=self.queue, **error_fields(error))
            await wait_with_timeout(self._context.stopping, self._context.policy.retain_interval)
            raise
        return "refused"


def _handler_of(external: ExternalQueue) -> Work:
    handler: Work = partial(take_message, external)
    keys = ordering_keys(external.handler)
    return handle_together(keys)(handler) if keys else handler


async def take_message(external: ExternalQueue, message: InboundMessage, tx: Transaction) -> None:
    """Hand a message to its handler, unless its id came before with another body."""
    if await _claim_id(external, message, tx):
        await external.handler(message, tx)
    else:
        await external.refuse(message, EVENT_ID_REUSED, tx)


async def _refuse_unreadable(
    external: ExternalQueue, message: InboundMessage, tx: Transaction
) -> None:
    await external.refuse(message, UNREADABLE, tx)


async def _claim_id(external: ExternalQueue, message: InboundMessage, tx: Transaction) -> bool:
    """False when the sender used this id for another body."""
    if message.sender_id is None:
        return True
    digest = sha256(message.body).digest()
    return await claim_external_id(
        tx.connection, StatedId(external.queue, message.sender_id, digest)
    )


def _decode_message(
    external: ExternalQueue, message: RabbitMessage
) -> tuple[MessageContext, InboundMessage]:
    """A foreign message is never unreadable here: its handler refuses with a reason."""
    return read_inbound_message(
        original_routing_key(message, external.queue), message.headers, message.body
    )


def read_inbound_message(
    key: str, headers: Mapping[str, Any], body: bytes
) -> tuple[MessageContext, InboundMessage]:
    """A message with ids of ours: two partners may use the same one, and many use none."""
    written = as_text(headers.get("ce-id"))
    sender_id = uuid5(NAMESPACE_URL, f"{key}:{written}") if written else None
    event_id = _event_id(key, written, body)
    correlation = as_uuid(headers.get("ce-correlationid")) or event_id
    return MessageContext(event_id, correlation), InboundMessage(
        key, event_id, headers, body, sender_id
    )


def _event_id(key: str, written: str, body: bytes) -> UUID:
    return uuid5(NAMESPACE_URL, f"{key}:{written}:{sha256(body).hexdigest()}")
