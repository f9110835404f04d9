"""The subscriptions of a service on one FastStream broker, each on its own channel."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic

import structlog
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue

from shared.contracts.events.base import Event
from shared.messaging.batch import Work
from shared.messaging.connection import (
    HEARTBEAT_SECONDS,
    connection_loss_as_error,
    with_connection_name,
)
from shared.messaging.consumer import QueueConsumer, Read
from shared.messaging.consumer_health import live_consumers
from shared.messaging.context import ConsumerContext
from shared.messaging.correlation import MessageContext
from shared.messaging.envelope import read_event, read_message_context
from shared.messaging.external_queue import ExternalQueueConsumer
from shared.messaging.routes import require_permitted_route
from shared.messaging.rpc import RpcServer
from shared.service.definition import Service
from shared.service.errors import error_fields
from shared.service.tasks import cancel_and_wait

PREFETCH = 400
"""At least a group's size: what is not in hand cannot be committed together."""
RECONNECT_SECONDS = 1.0

Receive = Callable[[RabbitMessage], Awaitable[None]]

log = structlog.get_logger()


class MessageListener:
    """Everything a service consumes: events, messages from outside, restricted questions."""

    def __init__(self, service: Service, context: ConsumerContext) -> None:
        self._context = context
        self.broker: RabbitBroker | None = None
        """What consumes at present; None while there is no connection."""
        self.subscriptions = [
            *(QueueConsumer(*binding, context) for binding in _bindings(service)),
            *(ExternalQueueConsumer(external, context) for external in service.external_queues),
        ]
        self._answerings = [
            RpcServer(queue, answer, context) for queue, answer in service.rpc_endpoints.items()
        ]

    @property
    def _receivers(self) -> dict[str, Receive]:
        binding: dict[str, Receive] = {x.queue: x.receive for x in self.subscriptions}
        return binding | {x.queue: x.receive for x in self._answerings}

    @asynccontextmanager
    async def consume_messages(self, url: str) -> AsyncIterator[None]:
        """Consume until the block ends; then deliveries in hand are finished first."""
        work = [asyncio.create_task(group.run()) for x in self.subscriptions for group in x.groups]
        attaching = asyncio.create_task(self._keep_consuming(url))
        try:
            yield
        finally:
            self._context.stopping.set()
            await cancel_and_wait(attaching)
            await self._detach()
            await cancel_and_wait(*work)

    async def consumers(self) -> dict[str, bool]:
        """Queue → does a consumer of this very process live there, by its word and the broker's?

        Raises one of `errors.TRANSIENT_ERRORS` when the broker cannot be asked.
        """
        alive = dict.fromkeys(self._receivers, False)
        if self.broker is not None:
            alive |= await live_consumers(self.broker)
        self._context.metrics.consumers.set(sum(alive.values()))
        return alive

    async def _keep_consuming(self, url: str) -> None:
        """Attach, and attach anew when consumers are gone for good though the broker is there."""
        while True:
            self.broker = await self._new_broker(url)
            log.info("consumers.attached", count=len(self._receivers))
            await self._until_consumers_lost()
            log.error("consumers.lost", count=len(self._receivers))
            await self._detach()

    async def _until_consumers_lost(self) -> None:
        seen, away = monotonic(), False
        while monotonic() - seen < self._context.policy.reattach_after:
            await asyncio.sleep(self._context.policy.health_interval)
            try:
                if all((await self.consumers()).values()):
                    seen = monotonic()
                    if away:
                        log.info("broker.reached", count=len(self._receivers))
                    away = False
            except Exception as error:  # noqa: BLE001 - any failed look at the consumers counts as the broker away
                away = True
                log.warning("broker.unreachable", **error_fields(error))
                self._context.metrics.consumers.set(0)
                if isinstance(error, OSError):
                    seen = monotonic()  # the broker itself is away, and reconnecting at work

    async def _detach(self) -> None:
        broker, self.broker = self.broker, None
        if broker is not None:
            await _stop_broker(broker)

    async def _new_broker(self, url: str) -> RabbitBroker:
        while True:
            broker = self._build_broker(url)
            try:
                async with connection_loss_as_error():
                    await broker.start()
            except BaseException as error:
                await _stop_broker(broker)
                if not isinstance(error, Exception):
                    raise
                log.warning("broker.unreachable", **error_fields(error))
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                return broker

    def _build_broker(self, url: str) -> RabbitBroker:
        # apply_types=False: we validate ourselves; FastStream would log the payload of a bad one.
        broker = RabbitBroker(
            with_connection_name(url, f"{self._context.service} listens"),
            apply_types=False,
            logger=None,
            graceful_timeout=self._context.policy.shutdown_timeout,
            reconnect_interval=RECONNECT_SECONDS,
            client_properties={"heartbeat": HEARTBEAT_SECONDS},
        )
        for queue, receive in self._receivers.items():
            broker.subscriber(
                RabbitQueue(queue, declare=False),
                channel=Channel(prefetch_count=PREFETCH),
                ack_policy=AckPolicy.MANUAL,
                decoder=_identity_decoder,
                no_reply=True,
            )(receive)
        return broker


async def _stop_broker(broker: RabbitBroker) -> None:
    try:
        await broker.stop()
    except Exception as error:  # noqa: BLE001 - it is gone either way, and what it held is delivered again
        log.warning("broker.unstopped", **error_fields(error))


async def _identity_decoder(message: RabbitMessage) -> RabbitMessage:
    return message


def _bindings(service: Service) -> list[tuple[str, Read, Work]]:
    return [
        (service.queue(event), partial(_decode_event, event, service.queue(event)), work)
        for event, work in service.subscribes.items()
    ]


def _decode_event(
    kind: type[Event], queue: str, message: RabbitMessage
) -> tuple[MessageContext, Event]:
    require_permitted_route(message, kind.topic, queue)
    return read_message_context(message.headers), read_event(kind, message.body)
