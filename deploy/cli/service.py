"""`binome run` and `binome migrate`: what a container runs."""

import asyncio
import os
from dataclasses import dataclass
from typing import Annotated

import typer

from deploy.services import get_service, installed_services
from shared.messaging.topology import declare, topology
from shared.persistence.grants import Roles
from shared.persistence.migrate import migrate as migrate_database
from shared.service.asgi import serve
from shared.service.settings import BrokerSettings, Settings, address_of, load


def run(service: Annotated[str, typer.Argument(help="Nom du service.")]) -> None:
    """Fait tourner un service au premier plan, jusqu'à SIGTERM ou Ctrl-C."""
    serve(get_service(service))


def migrate(
    service: Annotated[
        list[str] | None, typer.Argument(help="Services à mettre à jour ; tous par défaut.")
    ] = None,
) -> None:
    """Met à jour les bases de données et la topologie du courtier, depuis le code lui-même."""
    asyncio.run(_migrate(service or []))


@dataclass(frozen=True)
class Address:
    """A database as its service enters it, and as the role that owns it does.

    The owner's address stands in the variable of the same name with `_MIGRATION_DATABASE_URL`;
    where there is none, the service's own role owns its tables and nothing is granted.
    """

    variable: str
    service: str

    @property
    def owner(self) -> str:
        """URL by which migrations run: the owner's, else the service's own."""
        return address_of(self._owner_variable) if self.roles else self.service

    @property
    def roles(self) -> Roles | None:
        """The role that owns the tables and the one that uses them; None where they are one."""
        return Roles.of(self.service) if os.environ.get(self._owner_variable) else None

    @property
    def _owner_variable(self) -> str:
        return self.variable.replace("_DATABASE_URL", "_MIGRATION_DATABASE_URL")


async def _migrate(chosen: list[str]) -> None:
    services = [get_service(name) for name in chosen] or installed_services()
    for one in services:
        settings = load(Settings, one.name)
        own = Address(
            f"BINOME_{one.name.upper()}_DATABASE_URL", settings.database_url.get_secret_value()
        )
        done = await migrate_database(own.owner, one.package, roles=own.roles, records=one.records)
        for variable, folder in one.databases.items():
            further = Address(variable, address_of(variable))
            done += await migrate_database(further.owner, one.package, folder, roles=further.roles)
        typer.echo(f"{one.name}: {len(done)} migration(s)")
    wanted = topology(services)
    await declare(load(BrokerSettings, "broker").amqp_url.get_secret_value(), wanted)
    typer.echo(f"topology: {len(wanted.exchanges)} exchanges, {len(wanted.queues)} queues")
