"""`binome up`, `down` and `status`: the local stack on this machine. Each loads its work when it
runs."""

import json
from pathlib import Path
from typing import Annotated

import typer

FOLDER = Path(".local") / "house"
Folder = Annotated[Path, typer.Option(help="Dossier de l'installation locale.")]


def up(folder: Folder = FOLDER, replicas: Annotated[int, typer.Option(min=1)] = 1) -> None:
    """Démarre RabbitMQ, PostgreSQL et les quatre services, puis rend la main."""
    from deploy.cli.stack_table import show_stack
    from deploy.devstack import stack

    show_stack(stack.up(folder.resolve(), replicas=replicas, say=typer.echo))


def down(folder: Folder = FOLDER) -> None:
    """Arrête tout ce que `binome up` a démarré ; les données restent."""
    from deploy.devstack import stack

    was_running = stack.down(folder.resolve())
    typer.echo("Binôme est arrêté." if was_running else "Rien ne tournait.")


def status(
    folder: Folder = FOLDER,
    as_json: Annotated[bool, typer.Option("--json", help="Pour les programmes.")] = False,
) -> None:
    """Dit ce qui tourne et où ; termine en erreur si rien ne tourne."""
    from deploy.devstack import state

    stack_status = state.status(folder.resolve())
    if stack_status is None:
        typer.echo("Binôme est arrêté : lancez `binome up`.", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps(stack_status, indent=2))
    else:
        from deploy.cli.stack_table import show_stack

        show_stack(stack_status)
