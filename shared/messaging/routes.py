"""By which routes messages may come: those that the broker's permissions cover.

RabbitMQ checks the topic permission of a message against its routing key alone. The copies that a
sender may ask for (headers CC and BCC) and the default exchange lead past it, so what came that
way is no event and no RPC request, whatever it says.
"""

from faststream.rabbit import RabbitMessage

from shared.messaging.envelope import InvalidMessage
from shared.messaging.names import EVENTS_EXCHANGE, return_exchange, rpc_exchange_of

UNPERMITTED = "published by a route that no permission covers"
"""The reason with which such a message is parked; it is never sent home from there."""


def require_permitted_route(message: RabbitMessage, topic: str, queue: str) -> None:
    """Raise InvalidMessage unless it came under its topic, or back from our delay queues."""
    raw = message.raw_message
    service = queue.removesuffix(f".{topic}")
    route = (raw.exchange, raw.routing_key)
    if (
        route not in {(EVENTS_EXCHANGE, topic), (return_exchange(service), queue)}
        or "CC" in message.headers
    ):
        raise InvalidMessage(UNPERMITTED)


def was_asked_by_right(message: RabbitMessage, queue: str) -> bool:
    """Whether an RPC request came by the exchange that only its permitted callers may write to."""
    raw = message.raw_message
    return (raw.exchange, raw.routing_key) == (rpc_exchange_of(queue), queue)


def came_by_external_queue(message: RabbitMessage, exchange: str, service: str, queue: str) -> bool:
    """Whether a message came by the exchange of its external queue, where a sender's key is
    checked, or back from the delay queues of an earlier version; by any other way a stranger may
    claim to be anybody."""
    raw = message.raw_message
    returned = (raw.exchange, raw.routing_key) == (return_exchange(service), queue)
    return returned or (raw.exchange == exchange and raw.routing_key != queue)
