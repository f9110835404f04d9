"""`binome parked`: look at what was set aside, send it home again, or let it go.

Only names, reasons and ids are shown unless a body is asked for: events hold no personal data.
"""

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

parked = typer.Typer(no_args_is_help=True, help="Messages mis de côté, avec leur raison.")
Queue = Annotated[
    str, typer.Argument(help="File d'origine, par exemple matching.mentor.registered")
]
Ids = Annotated[list[str] | None, typer.Argument(help="Identifiants ; tous par défaut.")]
AsJson = Annotated[bool, typer.Option("--json", help="Pour les programmes.")]


@parked.command("list")
def list_(as_json: AsJson = False) -> None:
    """Combien de messages sont mis de côté, par file."""
    from deploy.cli.parked_queues import count_parked

    counts = asyncio.run(count_parked())
    if as_json:
        typer.echo(json.dumps(counts))
        return
    table = Table("File", "Mis de côté")
    for queue, count in counts.items():
        if count:
            table.add_row(queue, str(count))
    Console().print(table if any(counts.values()) else "Rien n'est mis de côté.")


@parked.command()
def show(queue: Queue, body: Annotated[bool, typer.Option("--body")] = False) -> None:
    """Les messages d'une file avec leur raison ; ils restent où ils sont."""
    from deploy.cli.parked_queues import act_on_each, leave_in_queue

    for message in asyncio.run(act_on_each(queue, None, leave_in_queue)):
        typer.echo(json.dumps(message if body else {**message, "body": None}, ensure_ascii=False))


@parked.command()
def replay(queue: Queue, ids: Ids = None) -> None:
    """Renvoie des messages dans leur file, comme s'ils arrivaient pour la première fois."""
    from deploy.cli.parked_messages import may_go_home
    from deploy.cli.parked_queues import act_on_each, count_left, replay_message

    replayed = asyncio.run(act_on_each(queue, ids, replay_message, may_go_home))
    typer.echo(f"{len(replayed)} message(s) rejoué(s)")
    if left := asyncio.run(count_left(queue, ids)):
        typer.echo(f"{left} message(s) jamais rejoué(s) : ils ne viennent d'aucun service.")


@parked.command()
def discard(queue: Queue, ids: Ids = None) -> None:
    """Écarte des messages pour toujours."""
    from deploy.cli.parked_queues import act_on_each, discard_message

    typer.echo(f"{len(asyncio.run(act_on_each(queue, ids, discard_message)))} message(s) écarté(s)")
