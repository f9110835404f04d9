"""The environment of the processes of a stack: addresses, accounts and keys, all generated."""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.devstack.accounts import admit, amqp_url, service_user
from deploy.devstack.databases import DATABASES, Addresses, make_databases
from deploy.devstack.ports import free_port
from deploy.devstack.secret_store import Secrets
from deploy.devstack.servers import Servers
from shared.service.settings import PREFIX, SERVICES

_OWN = ("AMQP_URL", "DATABASE_URL")
_OPERATORS = ("MIGRATION_DATABASE_URL", "RETENTION_DATABASE_URL")
"""Roles of a database that are no service's: they are for commands."""
KEYS_URL = f"{PREFIX}KEYS_DATABASE_URL"
"""Where the keys of people stand: registration alone may know it."""
MASTER_KEY = f"{PREFIX}MASTER_KEY"
"""It opens identities: for registration and for `binome import` only."""


@dataclass(frozen=True)
class Ports:
    """First port of each service, and of the mailbox."""

    services: dict[str, int]
    mailbox: int

    @classmethod
    def choose(cls) -> "Ports":
        """A free port for each service, and one for the mailbox."""
        return cls({service: free_port() for service in SERVICES}, free_port())


def build_environment(servers: Servers, folder: Path, ports: Ports) -> dict[str, str]:
    """Make the accounts of a local stack and return the environment that names them all.

    It holds the administrator's broker address and every service's database: enough for
    `binome migrate` and `binome status`; a service gets its part by `service_environment`.
    """
    secrets = Secrets(folder)
    users = {name: service_user(name, secrets.get(f"amqp_{name}")) for name in SERVICES}
    if servers.broker is not None:
        admit(servers, folder, users.values())
    databases = make_databases(servers, folder, DATABASES, secrets)
    environment = _general(servers, folder, ports, secrets)
    environment |= _database_addresses(databases)
    environment.setdefault("BINOME_ERASURE_JOURNAL", str(folder.resolve() / "erasures"))
    for name in SERVICES:
        prefix = f"{PREFIX}{name.upper()}_"
        environment[f"{prefix}AMQP_URL"] = amqp_url(servers, users[name])
        environment[f"{prefix}URL"] = f"http://127.0.0.1:{ports.services[name]}"
    return environment


def _database_addresses(databases: Mapping[str, Addresses]) -> dict[str, str]:
    """Addresses of each database for its three roles; one that the environment gives is entered
    as it says, by the one role that it names."""
    addresses_of = {}
    for name, addresses in databases.items():
        prefix = f"{PREFIX}{name.upper()}_"
        given = os.environ.get(f"{prefix}DATABASE_URL")
        addresses_of[f"{prefix}DATABASE_URL"] = given or addresses.service
        if not given:
            addresses_of[f"{prefix}MIGRATION_DATABASE_URL"] = addresses.migration
            addresses_of[f"{prefix}RETENTION_DATABASE_URL"] = addresses.retention
    return addresses_of


def service_environment(environment: Mapping[str, str], service: str, port: int) -> dict[str, str]:
    """The part of a local stack's environment that one service may know, and its port.

    Neither the administrator's address nor any account of another service is in it.
    """
    secret = {f"{PREFIX}{name}" for name in _OWN}
    secret |= {f"{PREFIX}{other.upper()}_{name}" for other in SERVICES for name in _OWN}
    if service != "registration":
        secret |= {KEYS_URL, MASTER_KEY}
    secret |= {f"{PREFIX}{owner.upper()}_{name}" for owner in DATABASES for name in _OPERATORS}
    secret -= {f"{PREFIX}{service.upper()}_{name}" for name in _OWN}
    public = {name: value for name, value in environment.items() if name not in secret}
    return public | {
        "BINOME_PORT": str(port),
        "BINOME_PUBLIC_URL": environment[f"{PREFIX}{service.upper()}_URL"],
    }


def without_master_key(environment: Mapping[str, str]) -> dict[str, str]:
    """For processes that open nobody's identity: migrations, for one."""
    return {name: value for name, value in environment.items() if name != MASTER_KEY}


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """What of an environment is not Binôme's: for the mail server of this machine."""
    return {name: value for name, value in environment.items() if not name.startswith(PREFIX)}


def _general(servers: Servers, folder: Path, ports: Ports, secrets: Secrets) -> dict[str, str]:
    mailbox = {
        "BINOME_SMTP_URL": f"smtp://127.0.0.1:{ports.mailbox}",
        "BINOME_MAILBOX_DIR": str(folder / "mailbox"),
        "BINOME_SMS_PROVIDER": "local",
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        **({} if os.environ.get("BINOME_SMTP_URL") else mailbox),
        "BINOME_AMQP_URL": amqp_url(servers),
        "BINOME_HOST": "127.0.0.1",
        "BINOME_SECRET_KEY": secrets.get("secret_key"),
        MASTER_KEY: _key(secrets.get("master_key")),
    }


def _key(secret: str) -> str:
    """32 bytes in base64, as ciphers want their keys; the same for the same secret."""
    return base64.b64encode(hashlib.sha256(secret.encode()).digest()).decode()
