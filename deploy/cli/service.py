"""`binome run` and `binome migrate`: what a container runs."""

import asyncio
from typing import Annotated

import typer

from deploy.services import installed, named
from shared.runtime.app import serve
from shared.runtime.database import migrate as migrate_database
from shared.runtime.settings import BrokerSettings, Settings, address_of, load
from shared.runtime.topology import declare, topology


def run(service: Annotated[str, typer.Argument(help="Nom du service.")]) -> None:
    """Fait tourner un service au premier plan, jusqu'à SIGTERM ou Ctrl-C."""
    serve(named(service))


def migrate(
    service: Annotated[
        list[str] | None, typer.Argument(help="Services à mettre à jour ; tous par défaut.")
    ] = None,
) -> None:
    """Met à jour les bases de données et la topologie du courtier, depuis le code lui-même."""
    asyncio.run(_migrate(service or []))


async def _migrate(chosen: list[str]) -> None:
    services = [named(name) for name in chosen] or installed()
    for one in services:
        settings = load(Settings, one.name)
        done = await migrate_database(settings.database_url.get_secret_value(), one.package)
        for variable, folder in one.databases.items():
            done += await migrate_database(address_of(variable), one.package, folder)
        typer.echo(f"{one.name}: {len(done)} migration(s)")
    wanted = topology(services)
    await declare(load(BrokerSettings, "broker").amqp_url.get_secret_value(), wanted)
    typer.echo(f"topology: {len(wanted.exchanges)} exchanges, {len(wanted.queues)} queues")
