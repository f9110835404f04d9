"""Bringing databases and the topology of the broker up to date, from the code itself."""

import asyncio
import os
from dataclasses import dataclass

import typer

from deploy.services import get_service, installed_services
from shared.messaging.topology import declare, topology
from shared.persistence.grants import Roles
from shared.persistence.migrate import migrate as migrate_database
from shared.service.settings import BrokerSettings, Settings, address_of, load


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


def migrate_services(chosen: list[str]) -> None:
    """Those of these services, or of all that are installed; says what was done."""
    asyncio.run(_migrate(chosen))


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
