"""What each service's broker account may do: the one source of its permissions.

RabbitMQ checks `write` and `read` against names of exchanges and queues, and, on the topic
exchange of events, `topics` against the routing key. `binome contracts` renders the rights of all
services to `deploy/rabbitmq/rights.json`, which local stacks and docker compose both load.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.messaging.names import EVENTS_EXCHANGE, PARTNERS_OUT, rpc_exchange_of
from shared.service.definition import Service

NOTHING = "^$"
"""A pattern that no name fits."""


@dataclass(frozen=True)
class BrokerRights:
    """Patterns of what may be written and read; `topics`: of the routing keys on `EVENTS_EXCHANGE`.

    Nobody but the administrator configures, that is, declares or deletes.
    """

    write: str
    read: str
    topics: str


def service_rights(service: Service) -> BrokerRights:
    """A service publishes its own events, and moves messages along its own retry queues.

    Who answers RPC requests may write to the default exchange, which carries direct replies, and so
    into any queue: what comes that way counts for nothing (`routes.py`). Who receives from
    partners may refuse to them; who asks may ask.
    """
    name = re.escape(service.name)
    writable = [re.escape(EVENTS_EXCHANGE)] if service.publishes else []
    writable += [rf"{name}\.parking", rf"{name}\.retry\..*"]
    writable += [re.escape(PARTNERS_OUT)] if service.external_queues else []
    writable += [r"amq\.default"] if service.rpc_endpoints else []
    writable += sorted({re.escape(rpc_exchange_of(queue)) for queue in service.rpc_calls})
    return BrokerRights(
        write=_one_of(writable),
        read=_one_of([rf"{name}\..*", r"amq\.rabbitmq\.reply-to.*"]),
        topics=_one_of(sorted(re.escape(event.topic) for event in service.publishes)),
    )


def rights_definitions(services: Iterable[Service], vhost: str) -> dict[str, Any]:
    """The rights of these services as RabbitMQ's definitions; their users exist already."""
    rights = {account_name(one.name): service_rights(one) for one in services}
    return {
        "permissions": [
            {"user": user, "vhost": vhost, "configure": NOTHING, "write": x.write, "read": x.read}
            for user, x in rights.items()
        ],
        "topic_permissions": [
            {
                "user": user,
                "vhost": vhost,
                "exchange": EVENTS_EXCHANGE,
                "write": x.topics,
                "read": NOTHING,
            }
            for user, x in rights.items()
        ],
    }


def account_name(service: str) -> str:
    """The broker account of a service."""
    return f"binome-{service}"


def _one_of(patterns: list[str]) -> str:
    return f"^({'|'.join(patterns)})$" if patterns else NOTHING
