"""Broker users of one local stack: each service and each partner may do its own part only."""

import base64
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.devstack.broker import ADMIN
from deploy.devstack.secret_store import write_private
from deploy.devstack.servers import Servers
from shared.messaging.permissions import account_name

VHOST = "binome"
RIGHTS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "rabbitmq" / "rights.json").read_text(encoding="utf-8")
)
"""Rights of all services, rendered from `shared/messaging/permissions.py`."""


@dataclass(frozen=True)
class BrokerUser:
    """A broker user: what it may write and read (patterns); nobody but the admin declares.

    `topics` narrows the routing keys it may write on one topic exchange.
    """

    name: str
    password: str
    write: str
    read: str
    topics: tuple[str, str] | None = None


def service_user(service: str, password: str) -> BrokerUser:
    """The account of a service: it publishes its own events, and reads its own queues."""
    name = account_name(service)
    right = _of(name, RIGHTS["permissions"])
    topic = _of(name, RIGHTS["topic_permissions"])
    return BrokerUser(
        name, password, right["write"], right["read"], (topic["exchange"], topic["write"])
    )


def _of(user: str, rights: list[dict[str, str]]) -> dict[str, str]:
    return next(right for right in rights if right["user"] == user)


def partner_user(partner: str, password: str) -> BrokerUser:
    """A partner writes its own registrations and reads its own refusals, nothing else."""
    return BrokerUser(
        name=f"partner-{partner}",
        password=password,
        write=r"^partners\.in$",
        read=rf"^partner\.{partner}\.refused$",
        topics=("partners.in", rf"^partner\.{partner}\.(mentee|mentor)\.registered$"),
    )


def admit(servers: Servers, folder: Path, users: Iterable[BrokerUser]) -> None:
    """Create the stack's virtual host and these users, all in one call (a call takes a second)."""
    file = folder / "accounts.json"
    write_private(file, json.dumps(_definitions(users)))
    try:
        servers.rabbitmqctl("import_definitions", str(file))
    finally:
        file.unlink()


def amqp_url(servers: Servers, user: BrokerUser | None = None) -> str:
    """Address of the local stack's virtual host for a user; without one, for the administrator.

    A broker given by the environment is used as given, by all.
    """
    if servers.broker is None:
        return servers.amqp_url
    parts = urlsplit(servers.amqp_url)
    name, password = (user.name, user.password) if user else (parts.username, parts.password)
    return f"amqp://{name}:{password}@{parts.hostname}:{parts.port}/{VHOST}"


def _definitions(users: Iterable[BrokerUser]) -> dict[str, Any]:
    """RabbitMQ's definitions of these users; importing them again changes nothing."""
    users = list(users)
    return {
        "vhosts": [{"name": VHOST}],
        "users": [_user(user) for user in users],
        "permissions": [
            _right(ADMIN, configure=".*", write=".*", read=".*"),
            *(_right(x.name, configure="^$", write=x.write, read=x.read) for x in users),
        ],
        "topic_permissions": [
            _right(x.name, exchange=x.topics[0], write=x.topics[1], read="^$")
            for x in users
            if x.topics
        ],
    }


def _right(user: str, **patterns: str) -> dict[str, str]:
    return {"user": user, "vhost": VHOST, **patterns}


def _user(user: BrokerUser) -> dict[str, Any]:
    salt = os.urandom(4)
    digest = hashlib.sha256(salt + user.password.encode()).digest()
    return {
        "name": user.name,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
    }
