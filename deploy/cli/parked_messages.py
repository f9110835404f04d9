"""Messages that a service or the broker set aside, one by one."""

from typing import Any

from aio_pika.abc import AbstractIncomingMessage

from shared.messaging.envelope import ATTEMPT, ORIGIN, REASON
from shared.messaging.names import parking_exchange
from shared.messaging.routes import UNPERMITTED


def may_go_home(queue: str, message: AbstractIncomingMessage) -> bool:
    """Whether its own service, or the broker for it, set it aside: what somebody put there, or
    sent past the exchanges where rights are checked, would become an event by being replayed."""
    if message.headers.get(REASON) == UNPERMITTED:
        return False
    by_service = message.exchange == parking_exchange(queue.partition(".")[0])
    return by_service or any(death["queue"] == queue for death in deaths_of(message))


def describe_message(message: AbstractIncomingMessage) -> dict[str, Any]:
    """A message as data for programs: id, type, time, reason and body."""
    return {
        "id": str(message.headers.get("ce-id")),
        "type": str(message.headers.get("ce-type")),
        "time": str(message.headers.get("ce-time")),
        "reason": str(message.headers.get(REASON) or _brokers_reason(message)),
        "body": message.body.decode(errors="replace"),
    }


def original_headers(message: AbstractIncomingMessage) -> dict[str, Any]:
    """The headers of its first arrival, and the routing key of it, which a replay would lose."""
    gone = {ATTEMPT, REASON}
    headers = {k: v for k, v in message.headers.items() if k not in gone and not k.startswith("x-")}
    for death in deaths_of(message)[-1:]:
        headers.setdefault(ORIGIN, str(death["routing-keys"][0]))
    return headers


def _brokers_reason(message: AbstractIncomingMessage) -> str:
    """A service that died on it could not say why; the broker set it aside and counted."""
    return ", ".join(f"{x['reason']} in {x['queue']}" for x in deaths_of(message)[:1])


def deaths_of(message: AbstractIncomingMessage) -> list[dict[str, Any]]:
    """What the broker wrote down each time that it set the message aside; the latest first."""
    deaths: Any = message.headers.get("x-death") or []
    return list(deaths)
