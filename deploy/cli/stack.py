"""`binome up`, `down` and `status`: the local stack on this machine."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.devstack import stack, state

FOLDER = Path(".local") / "house"
_MISSING = {
    "process": "ne répond pas",
    "database": "sans PostgreSQL",
    "broker": "sans RabbitMQ",
    "consumers": "n'écoute pas toutes ses files",
}
_NAMES = {"broker": "RabbitMQ", "postgres": "PostgreSQL"}
Folder = Annotated[Path, typer.Option(help="Dossier de l'installation locale.")]


def up(folder: Folder = FOLDER, replicas: Annotated[int, typer.Option(min=1)] = 1) -> None:
    """Démarre RabbitMQ, PostgreSQL et les quatre services, puis rend la main."""
    _show(stack.up(folder.resolve(), replicas=replicas, say=typer.echo))


def down(folder: Folder = FOLDER) -> None:
    """Arrête tout ce que `binome up` a démarré ; les données restent."""
    was_running = stack.down(folder.resolve())
    typer.echo("Binôme est arrêté." if was_running else "Rien ne tournait.")


def status(
    folder: Folder = FOLDER,
    as_json: Annotated[bool, typer.Option("--json", help="Pour les programmes.")] = False,
) -> None:
    """Dit ce qui tourne et où ; termine en erreur si rien ne tourne."""
    stack_status = state.status(folder.resolve())
    if stack_status is None:
        typer.echo("Binôme est arrêté : lancez `binome up`.", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps(stack_status, indent=2))
    else:
        _show(stack_status)


def _show(stack_status: dict[str, Any]) -> None:
    table = Table("Service", "Prêt", "Processus", "Sans suite", "De côté")
    for name, seen in stack_status["services"].items():
        pids = ", ".join(map(str, seen["pids"]))
        counts = (_describe_counts(seen["unowned"]), _describe_counts(seen["set_aside"]))
        table.add_row(name, _readiness(seen), pids, *counts)
    console = Console()
    console.print(table)
    for name, seen in stack_status["services"].items():
        typer.echo(f"{name} : {seen['url']}")
    typer.echo(f"Boîte aux lettres : {stack_status['mailbox']}\nJournaux : {stack_status['logs']}")
    if stack_status["dead"]:
        gone = ", ".join(_NAMES.get(name, name) for name in stack_status["dead"])
        typer.echo(f"Arrêté sans qu'on l'ait demandé : {gone}. `binome up` le relance.")


def _readiness(seen: dict[str, Any]) -> str:
    if seen["ready"]:
        return "oui"
    return f"non : {', '.join(_MISSING[name] for name in seen['failing']) or 'démarre'}"


def _describe_counts(counts: dict[str, int]) -> str:
    """What of each kind there is; a dash where there is nothing."""
    return ", ".join(f"{kind} : {number}" for kind, number in counts.items() if number) or "–"
