"""The local stack as a table: what runs, where, and what is missing."""

from typing import Any

import typer
from rich.console import Console
from rich.table import Table

_MISSING = {
    "process": "ne répond pas",
    "database": "sans PostgreSQL",
    "broker": "sans RabbitMQ",
    "consumers": "n'écoute pas toutes ses files",
}
_NAMES = {"broker": "RabbitMQ", "postgres": "PostgreSQL"}


def show_stack(stack_status: dict[str, Any]) -> None:
    """What `deploy.devstack.state.status` gives, to be read by people."""
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
