"""The subscriptions of a service on one FastStream broker, each on its own channel."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import structlog
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue
from pydantic import ValidationError

from shared.contracts.events import Fact
from shared.runtime.consumer import Read, Subscription, Work
from shared.runtime.envelope import Cause, Unreadable, read_cause, read_fact
from shared.runtime.faults import UNREACHABLE, described
from shared.runtime.metrics import Metrics
from shared.runtime.publisher import Publisher
from shared.runtime.service import Answer, ForeignLetter, Inlet, Service
from shared.runtime.transaction import Transactions

PREFETCH = 50
STOP_SECONDS = 20.0
RECONNECT_SECONDS = 1.0

log = structlog.get_logger()


class Listening:
    """Everything a service hears: facts, letters from outside, restricted questions."""

    def __init__(
        self,
        service: Service,
        transactions: Transactions,
        publisher: Publisher,
        metrics: Metrics,
    ) -> None:
        self._service = service
        self._transactions = transactions
        make = partial(
            Subscription,
            service.name,
            transactions=transactions,
            publisher=publisher,
            metrics=metrics,
        )
        self.subscriptions = [
            make(queue, read=read, work=work) for queue, read, work in _heard(service)
        ]
        self._metrics = metrics
        self._broker: RabbitBroker | None = None

    @asynccontextmanager
    async def attached(self, url: str) -> AsyncIterator[None]:
        """Consume until the block ends; then deliveries in hand are finished first."""
        loops = [asyncio.create_task(x.work()) for x in self.subscriptions]
        attaching = asyncio.create_task(self._attach(url))
        try:
            yield
        finally:
            attaching.cancel()
            if self._broker is not None:
                await self._broker.stop()
            for loop in loops:
                loop.cancel()

    async def _attach(self, url: str) -> None:
        while True:
            broker = self._new_broker(url)
            try:
                await broker.start()
            except UNREACHABLE as error:
                log.warning("broker.unreachable", **described(error))
                await broker.stop()
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                self._broker = broker
                log.info("consumers.attached", count=len(self.subscriptions))
                return

    def _new_broker(self, url: str) -> RabbitBroker:
        # apply_types=False: we validate ourselves; FastStream would log the payload of a bad one.
        broker = RabbitBroker(
            url,
            apply_types=False,
            logger=None,
            graceful_timeout=STOP_SECONDS,
            reconnect_interval=RECONNECT_SECONDS,
        )
        for subscription in self.subscriptions:
            _subscribe(broker, subscription.queue, subscription.receive, AckPolicy.MANUAL)
        for queue, answer in self._service.answers.items():
            _subscribe(broker, queue, self._answering(answer), AckPolicy.ACK)
        return broker

    def _answering(self, answer: Answer) -> Callable[[RabbitMessage], Any]:
        async def reply(message: RabbitMessage) -> bytes:
            try:
                question = answer.question.model_validate_json(message.body)
            except ValidationError:
                raise Unreadable(f"not a {answer.question.__name__}") from None
            async with self._transactions.begin() as tx:
                given = await answer.handler(question, tx)
            return given.model_dump_json().encode()

        return reply

    async def consumers(self) -> dict[str, bool]:
        """Queue → has it a live consumer? A ping is not enough (consumers can be lost alone)."""
        queues = [x.queue for x in self.subscriptions] + list(self._service.answers)
        if self._broker is None or not await self._broker.ping(timeout=2.0):
            return dict.fromkeys(queues, False)
        connection = await self._broker.connect()
        async with asyncio.timeout(5.0), connection.channel() as channel:
            counts = {
                queue: (await channel.declare_queue(queue, passive=True)).declaration_result
                for queue in queues
            }
        alive = {queue: bool(result.consumer_count) for queue, result in counts.items()}
        self._metrics.consumers.set(sum(alive.values()))
        return alive


def _subscribe(
    broker: RabbitBroker, queue: str, receive: Callable[[RabbitMessage], Any], policy: AckPolicy
) -> None:
    broker.subscriber(
        RabbitQueue(queue, declare=False),
        channel=Channel(prefetch_count=PREFETCH),
        ack_policy=policy,
        decoder=_as_it_came,
        no_reply=policy is AckPolicy.MANUAL,
    )(receive)


async def _as_it_came(message: RabbitMessage) -> RabbitMessage:
    return message


def _heard(service: Service) -> list[tuple[str, Read, Work]]:
    facts: list[tuple[str, Read, Work]] = [
        (service.queue(fact), partial(_fact_of, fact), work)
        for fact, work in service.listens.items()
    ]
    return facts + [(x.queue, partial(_letter_of, x), x.handler) for x in service.inlets]


def _fact_of(kind: type[Fact], message: RabbitMessage) -> tuple[Cause, Fact]:
    return read_cause(message.headers), read_fact(kind, message.body)


def _letter_of(inlet: Inlet, message: RabbitMessage) -> tuple[Cause, ForeignLetter]:
    """A foreign letter is never unreadable here: its handler refuses with a reason."""
    key = message.raw_message.routing_key or ""
    try:
        cause = read_cause(message.headers)
    except Unreadable:
        story = uuid5(NAMESPACE_URL, f"{key}:{message.headers.get('ce-id')}:{message.body!r}")
        cause = Cause(story, story)
    # Two partners may use the same id: ours is made of both.
    own = Cause(uuid5(NAMESPACE_URL, f"{key}:{cause.event_id}"), cause.correlation_id)
    return own, ForeignLetter(key, own.event_id, message.headers, message.body)
