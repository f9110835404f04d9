"""By which routes a fact may come: those that the broker's permissions cover.

RabbitMQ checks the topic permission of a message against its routing key alone. The copies that a
sender may ask for (headers CC and BCC) and the default exchange lead past it, so what came that
way is no fact, whatever it says.
"""

from faststream.rabbit import RabbitMessage

from shared.runtime.envelope import Unreadable
from shared.runtime.topology import EVENTS, return_exchange


def require_permitted_route(message: RabbitMessage, topic: str, queue: str) -> None:
    """Raise Unreadable unless it was published under its topic, or came back from our ladder."""
    raw = message.raw_message
    service = queue.removesuffix(f".{topic}")
    route = (raw.exchange, raw.routing_key)
    if route not in {(EVENTS, topic), (return_exchange(service), queue)} or "CC" in message.headers:
        raise Unreadable("published by a route that no permission covers")
