"""`binome demo`: the whole local stack, three months in about a minute."""

import asyncio
import json
import os
from pathlib import Path
from time import sleep
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.demo.console import show_addresses, show_results, watching
from deploy.demo.faults import Faults
from deploy.demo.runner import Script, clock_settings, run_demo
from deploy.devstack.local_stack import LocalStack, local_stack

LOCAL = Path(".local")


def demo(
    people: Annotated[int, typer.Option(min=10, max=9000, help="Personnes inventées.")] = 300,
    seed: Annotated[int, typer.Option(help="Graine du tirage.")] = 1,
    days: Annotated[float, typer.Option(min=1, help="Jours simulés.")] = 130,
    leave: Annotated[bool, typer.Option("--exit", help="Terminer avec le dernier jour.")] = False,
    faults: Annotated[
        bool,
        typer.Option("--faults", help="Boîtes mortes, inconnus, association fermée."),
    ] = False,
    as_json: Annotated[
        Path | None, typer.Option("--json", help="Écrire le tableau des résultats.")
    ] = None,
) -> None:
    """Fait vivre Binôme : des gens s'inscrivent, des binômes se forment, trois mois passent."""
    script = Script(people, seed, days, Faults() if faults else None)
    console = Console()
    folder = (LOCAL / f"demo-{os.getpid()}").resolve()
    console.print(f"{people} personnes inventées, {days:g} jours simulés. Tout est local.")
    try:
        with local_stack(folder, clock=clock_settings(script, folder), say=console.print) as opened:
            results = _run_demo(opened, script, console)
            if as_json:
                _write(as_json, results)
            if not leave:
                _stay_open(opened, console)
    except KeyboardInterrupt:
        console.print("Tout est arrêté.")


def _run_demo(opened: LocalStack, script: Script, console: Console) -> dict[str, Any]:
    show_addresses(console, opened.environment)
    with watching(console, script) as watch:
        results = asyncio.run(run_demo(opened, script, watch))
    show_results(console, results)
    return results


def _write(file: Path, results: dict[str, Any]) -> None:
    aside = file.with_name(f".{file.name}.part")
    aside.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    aside.replace(file)


def _stay_open(opened: LocalStack, console: Console) -> None:
    show_addresses(console, opened.environment)
    console.print("Tout reste en marche ; Ctrl-C arrête tout.")
    while True:
        sleep(3600)
