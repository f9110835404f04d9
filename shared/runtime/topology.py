"""Exchanges, queues and bindings: the one source that declares them and renders definitions.json.

Every subscription `<service>.<topic>` is a quorum queue with a `.parked` queue beside it. Each
service has a ladder of retry queues; a message put there keeps the name of its queue as routing
key, so that it returns home through the default exchange when its time is over.
Only what RabbitMQ 3.10 and 4 both have is used.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import aio_pika

from shared.runtime.service import Service

EVENTS = "binome.events"
PARTNERS_IN = "partners.in"
PARTNERS_OUT = "partners.out"
LADDER = (5, 30, 300, 3600)
"""Seconds to wait before the 1st, 2nd, 3rd and 4th repetition; after those, parked."""
CRASH_GUARD = 20
"""Deliveries without an answer (a process that dies on a message) before it is parked."""
QUESTION_TTL_MS = 20_000

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Topology:
    """What must exist on the broker. Exchanges: name → type; queues: name → arguments."""

    exchanges: dict[str, str] = field(default_factory=dict)
    queues: dict[str, Arguments] = field(default_factory=dict)
    bindings: tuple[tuple[str, str, str], ...] = ()
    """(exchange, routing key, queue)"""


def parked(queue: str) -> str:
    """Where messages of a queue are set aside."""
    return f"{queue}.parked"


def retry_exchange(service: str, seconds: int) -> str:
    """Name of the fanout exchange of one rung, and of the queue behind it."""
    return f"{service}.retry.{seconds}s"


def refused(partner: str) -> str:
    """The queue on which a partner reads its refusals."""
    return f"partner.{partner}.refused"


def _quorum(**more: Any) -> Arguments:
    return {"x-queue-type": "quorum", **more}


def _working_queue(name: str) -> dict[str, Arguments]:
    main = _quorum(
        **{
            "x-delivery-limit": CRASH_GUARD,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": parked(name),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
    )
    # An operator may look at a parked message as often as needed.
    return {name: main, parked(name): _quorum(**{"x-delivery-limit": 1_000_000})}


def _rung(seconds: int) -> Arguments:
    # The highest TTL (with jitter, see consumer.py) stands on the message; this one is a net.
    return _quorum(
        **{
            "x-message-ttl": seconds * 2000,
            "x-dead-letter-exchange": "",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
    )


def topology(services: Iterable[Service], partners: Iterable[str] = ()) -> Topology:
    """The topology of these services; the same for the same services in any order."""
    exchanges = {EVENTS: "topic", PARTNERS_IN: "topic", PARTNERS_OUT: "direct"}
    queues: dict[str, Arguments] = {}
    bindings: set[tuple[str, str, str]] = set()
    for service in services:
        for fact in service.listens:
            queues |= _working_queue(service.queue(fact))
            bindings.add((EVENTS, fact.topic, service.queue(fact)))
        for inlet in service.inlets:
            queues |= _working_queue(inlet.queue)
            bindings |= {(inlet.exchange, key, inlet.queue) for key in inlet.keys}
        queues |= {name: _quorum(**{"x-message-ttl": QUESTION_TTL_MS}) for name in service.answers}
        for seconds in LADDER:
            rung = retry_exchange(service.name, seconds)
            exchanges[rung] = "fanout"
            queues[rung] = _rung(seconds)
            bindings.add((rung, "", rung))
    for partner in partners:
        queues[refused(partner)] = _quorum(**{"x-delivery-limit": 1_000_000})
        bindings.add((PARTNERS_OUT, refused(partner), refused(partner)))
    return Topology(exchanges, dict(sorted(queues.items())), tuple(sorted(bindings)))


async def declare(url: str, wanted: Topology) -> None:
    """Make the broker hold this topology. Repeating it changes nothing.

    Raises aio_pika's ChannelPreconditionFailed if a queue exists with other arguments.
    """
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        for name, kind in wanted.exchanges.items():
            await channel.declare_exchange(name, kind, durable=True)
        for name, arguments in wanted.queues.items():
            await channel.declare_queue(name, durable=True, arguments=arguments)
        for exchange, key, queue in wanted.bindings:
            await (await channel.get_queue(queue, ensure=False)).bind(exchange, key)


def definitions(wanted: Topology, vhost: str = "/") -> dict[str, Any]:
    """The same topology as RabbitMQ's definitions.json (without users: secrets are not ours)."""
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [
            {"name": name, "vhost": vhost, "type": kind, "durable": True, "auto_delete": False,
             "internal": False, "arguments": {}}
            for name, kind in sorted(wanted.exchanges.items())
        ],
        "queues": [
            {"name": name, "vhost": vhost, "durable": True, "auto_delete": False,
             "arguments": arguments}
            for name, arguments in wanted.queues.items()
        ],
        "bindings": [
            {"source": exchange, "vhost": vhost, "destination": queue,
             "destination_type": "queue", "routing_key": key, "arguments": {}}
            for exchange, key, queue in wanted.bindings
        ],
    }  # fmt: skip
