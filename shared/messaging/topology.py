"""Exchanges, queues and bindings: the one source that declares them and renders definitions.json.

Every subscription `<service>.<topic>` is a quorum queue with a `.parked` queue beside it. Each
service has delay queues, one a delay; a message put there keeps the name of its queue as routing
key, so that it goes back to it through the service's return exchange when its time is over. That
exchange leads to queues of this service only: whoever may write to them reaches no other's.
Only what RabbitMQ 3.10 and 4 both have is used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiormq.exceptions import AMQPError

from shared.messaging.connection import open_connection
from shared.messaging.names import (
    DELIVERY_LIMIT,
    EVENTS_EXCHANGE,
    HELD_DATA_EXCHANGE,
    PARTNERS_IN,
    PARTNERS_OUT,
    RETRY_DELAYS,
    RPC_EXCHANGE,
    RPC_TTL_MS,
    parked_queue,
    parking_exchange,
    refusal_queue,
    retry_exchange,
    return_exchange,
    rpc_exchange_of,
)
from shared.messaging.queue_declaration import declare_queue
from shared.service.definition import Service
from shared.service.user_error import UserError

Arguments = dict[str, Any]


class BrokerRefusal(UserError):
    """The broker does not accept the topology; the message is its own word for why."""


@dataclass(frozen=True)
class Topology:
    """What must exist on the broker. Exchanges: name → type; queues: name → arguments."""

    exchanges: dict[str, str] = field(default_factory=dict)
    queues: dict[str, Arguments] = field(default_factory=dict)
    bindings: tuple[tuple[str, str, str], ...] = ()
    """(exchange, routing key, queue)"""


def _quorum(**more: Any) -> Arguments:
    return {"x-queue-type": "quorum", **more}


def _working_queue(name: str) -> dict[str, Arguments]:
    main = _quorum(
        **{
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": parked_queue(name),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
    )
    # An operator may read a parked message as often as needed.
    return {name: main, parked_queue(name): _quorum(**{"x-delivery-limit": 1_000_000})}


def _external_queue(name: str) -> dict[str, Arguments]:
    # A foreign message may hold a person: the broker never sets it aside, however often it comes.
    # (The queue beside it stays for what an earlier version put there.)
    main = _quorum(**{"x-delivery-limit": 1_000_000, "x-overflow": "reject-publish"})
    return _working_queue(name) | {name: main}


def _delay_queue(service: str, seconds: int) -> Arguments:
    # The TTL that counts (with jitter, see consumer.py) stands on the message; this one is a net.
    # Expired messages leave at the head only: one with much jitter holds others by a third at most.
    return _quorum(
        **{
            "x-message-ttl": seconds * 2000,
            "x-dead-letter-exchange": return_exchange(service),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
    )


def topology(
    services: Iterable[Service],
    partners: Iterable[str] = (),
    retry_delays: Sequence[int] = RETRY_DELAYS,
) -> Topology:
    """The topology of these services; the same for the same services in any order."""
    exchanges = {EVENTS_EXCHANGE: "topic", PARTNERS_IN: "topic", PARTNERS_OUT: "direct"}
    exchanges |= {RPC_EXCHANGE: "direct", HELD_DATA_EXCHANGE: "direct"}
    queues: dict[str, Arguments] = {}
    bindings: set[tuple[str, str, str]] = set()
    for service in services:
        exchanges |= _exchanges_of(service, retry_delays)
        queues |= _queues_of(service, retry_delays)
        bindings |= _bindings_of(service, retry_delays)
    for partner in partners:
        queues[refusal_queue(partner)] = _quorum(**{"x-delivery-limit": 1_000_000})
        bindings.add((PARTNERS_OUT, refusal_queue(partner), refusal_queue(partner)))
    return Topology(exchanges, dict(sorted(queues.items())), tuple(sorted(bindings)))


def _exchanges_of(service: Service, retry_delays: Sequence[int]) -> dict[str, str]:
    delay_queues = {retry_exchange(service.name, seconds): "fanout" for seconds in retry_delays}
    own = {parking_exchange(service.name): "direct", return_exchange(service.name): "direct"}
    return own | delay_queues


def _queues_of(service: Service, retry_delays: Sequence[int]) -> dict[str, Arguments]:
    queues: dict[str, Arguments] = {}
    for name in service.working_queues():
        queues |= _working_queue(name)
    for external in service.external_queues:
        queues |= _external_queue(external.queue)
    for name in service.rpc_endpoints:
        queues[name] = _quorum(**{"x-message-ttl": RPC_TTL_MS})
    name = service.name
    return queues | {
        retry_exchange(name, delay): _delay_queue(name, delay) for delay in retry_delays
    }


def _bindings_of(service: Service, retry_delays: Sequence[int]) -> set[tuple[str, str, str]]:
    bindings = {
        (EVENTS_EXCHANGE, event.topic, service.queue(event)) for event in service.subscribes
    }
    bindings |= {(x.exchange, key, x.queue) for x in service.external_queues for key in x.keys}
    bindings |= {(rpc_exchange_of(name), name, name) for name in service.rpc_endpoints}
    bindings |= {
        (parking_exchange(service.name), name, parked_queue(name))
        for name in service.working_queues()
    }
    bindings |= {(return_exchange(service.name), name, name) for name in service.working_queues()}
    delay_queues = [retry_exchange(service.name, seconds) for seconds in retry_delays]
    return bindings | {(delay, "", delay) for delay in delay_queues}


async def declare(url: str, wanted: Topology) -> None:
    """Make the broker hold this topology. Repeating it changes nothing.

    Raises BrokerRefusal when something exists with other arguments, or a right is missing.
    """
    try:
        await _declare(url, wanted)
    except AMQPError as error:
        raise BrokerRefusal(f"RabbitMQ refuses the topology: {error}") from None


async def _declare(url: str, wanted: Topology) -> None:
    external_queues = {queue for exchange, _, queue in wanted.bindings if exchange == PARTNERS_IN}
    async with await open_connection(url) as connection, connection.channel() as channel:
        for name, kind in wanted.exchanges.items():
            await channel.declare_exchange(name, kind, durable=True)
        for name, arguments in wanted.queues.items():
            replaceable = wanted.exchanges.get(name) == "fanout"  # a retry queue
            await declare_queue(
                connection,
                name,
                arguments,
                replaceable=replaceable,
                external=name in external_queues,
            )
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
