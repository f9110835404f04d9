"""Broker users of one house: each service and each partner may do its own part only."""

import base64
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.local.broker import ADMIN
from deploy.local.secret_store import write_private
from deploy.local.servers import Servers

VHOST = "binome"
_MORE = {
    "registration": r"partners\.out|amq\.default",  # refusals; replies to restricted questions
    "notification": r"questions",
}


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
    """A service publishes facts, reads its own queues, and moves messages along its own ladder.

    What goes beyond that is in `_MORE`: who may ask for an address, who may answer.
    """
    return BrokerUser(
        name=f"binome-{service}",
        password=password,
        write=rf"^(binome\.events|{service}\.(parking|retry\..*)|{_MORE.get(service, 'none')})$",
        read=rf"^({service}\..*|amq\.rabbitmq\.reply-to.*)$",
    )


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
    """Create the house's virtual host and these users, all in one call (a call takes a second)."""
    file = folder / "accounts.json"
    write_private(file, json.dumps(_definitions(users)))
    try:
        servers.rabbitmqctl("import_definitions", str(file))
    finally:
        file.unlink()


def amqp_url(servers: Servers, user: BrokerUser | None = None) -> str:
    """Address of the house's virtual host for a user; without one, for the administrator.

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
