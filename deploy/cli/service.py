"""`binome run` and `binome migrate`: what a container runs. Both load their work when they run."""

from typing import Annotated

import typer


def run(service: Annotated[str, typer.Argument(help="Nom du service.")]) -> None:
    """Fait tourner un service au premier plan, jusqu'à SIGTERM ou Ctrl-C."""
    from deploy.services import get_service
    from shared.service.asgi import serve

    serve(get_service(service))


def migrate(
    service: Annotated[
        list[str] | None, typer.Argument(help="Services à mettre à jour ; tous par défaut.")
    ] = None,
) -> None:
    """Met à jour les bases de données et la topologie du courtier, depuis le code lui-même."""
    from deploy.cli.migration import migrate_services

    migrate_services(service or [])
