"""`binome contracts`: what others may rely on, written from the code and never by hand."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.expected import expected_rules
from deploy.services import installed_services
from shared.contracts.compatibility import breaks
from shared.contracts.events import EVENTS
from shared.contracts.schemas import schema
from shared.messaging.permissions import rights_definitions
from shared.messaging.topology import definitions, topology
from shared.service.asyncapi import asyncapi, openapi
from shared.service.definition import Service

ROOT = Path(__file__).parents[2]
SCHEMAS = "shared/contracts/schemas"
ASYNCAPI = "shared/contracts/asyncapi"
OPENAPI = "shared/contracts/openapi"
DEFINITIONS = "deploy/rabbitmq/definitions.json"
RIGHTS = "deploy/rabbitmq/rights.json"
VHOST = "binome"
EXPECTED = "deploy/prometheus/expected.json"

Documents = dict[str, str]
"""Path below the root → the file's text."""


def contracts(
    check: Annotated[
        bool, typer.Option("--check", help="Ne rien écrire ; échouer si un fichier a dérivé.")
    ] = False,
) -> None:
    """Écrit les contrats (AsyncAPI, OpenAPI, JSON Schema, RabbitMQ) à partir du code."""
    write_contracts(ROOT, installed_services(), check=check)


def write_contracts(root: Path, services: list[Service], *, check: bool) -> None:
    """Write the contracts below `root`, or only look. Says each fault, then exits with 1."""
    faults = brought_up_to_date(root, services, check=check)
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)


def brought_up_to_date(root: Path, services: list[Service], *, check: bool) -> list[str]:
    """Write the contracts below `root`, or only look; one sentence for each file at fault.

    A schema that would break a reader is never written: nothing is, until that is settled.
    """
    wanted = documents(services)
    faults = [*_incompatible(root, wanted), *(_drift(root, wanted) if check else ())]
    if not check and not faults:
        _write(root, wanted)
    return faults


def documents(services: list[Service]) -> Documents:
    """Every file of the contracts as the code states it now."""
    wanted: dict[str, Any] = {
        f"{SCHEMAS}/{topic}.v1.json": schema(event) for topic, event in EVENTS.items()
    }
    wanted |= {f"{ASYNCAPI}/{service.name}.json": asyncapi(service) for service in services}
    for service in services:
        if document := openapi(service):
            wanted[f"{OPENAPI}/{service.name}.json"] = document
    wanted[DEFINITIONS] = definitions(topology(services))
    wanted[RIGHTS] = rights_definitions(services, VHOST)
    wanted[EXPECTED] = expected_rules(services)
    return {path: _text(document) for path, document in wanted.items()}


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _incompatible(root: Path, wanted: Documents) -> Iterator[str]:
    for path in _present(root, [SCHEMAS]):
        if path not in wanted:
            yield f"{path}: the event is gone, yet readers may still wait for it"
            continue
        broken = breaks(json.loads((root / path).read_text()), json.loads(wanted[path]))
        if broken:
            yield f"{path}: {'; '.join(broken)} (an event only gains optional fields)"


def _drift(root: Path, wanted: Documents) -> Iterator[str]:
    for path, text in wanted.items():
        file = root / path
        if not file.exists():
            yield f"{path}: not written yet, run `binome contracts`"
        elif file.read_text(encoding="utf-8") != text:
            yield f"{path}: says something else than the code, run `binome contracts`"
    for path in _leftover(root, wanted):
        yield f"{path}: nothing in the code stands behind it, run `binome contracts`"


def _write(root: Path, wanted: Documents) -> None:
    for path, text in wanted.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for path in _leftover(root, wanted):
        (root / path).unlink()


def _leftover(root: Path, wanted: Documents) -> list[str]:
    return [path for path in _present(root, [ASYNCAPI, OPENAPI]) if path not in wanted]


def _present(root: Path, folders: Iterable[str]) -> list[str]:
    files = [file for folder in folders for file in (root / folder).glob("*.json")]
    return sorted(str(file.relative_to(root)) for file in files)
