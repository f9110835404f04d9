"""Every event is published, subscribed to, shown by a golden message, and bound to its queues."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from deploy.services import installed_services
from shared.contracts.events import EVENTS
from shared.service.definition import Service
from tests.architecture.tree import name_called, sources

NAMES = {event.__name__: topic for topic, event in EVENTS.items()}


def violations(root: Path) -> Iterator[str]:
    services = installed_services()
    published = {event.topic for service in services for event in service.publishes}
    subscribed = {event.topic for service in services for event in service.subscribes}
    for topic in EVENTS:
        if topic not in published:
            yield f"shared/contracts/events: nobody publishes {topic}"
        if topic not in subscribed:
            yield f"shared/contracts/events: nobody subscribes to {topic}"
        if not (root / f"shared/contracts/samples/{topic}.v1.json").exists():
            yield f"shared/contracts/samples: no golden message of {topic}"
    for service in services:
        yield from _undeclared_events(root, service)
        yield from _queues(root, service)


def _undeclared_events(root: Path, service: Service) -> Iterator[str]:
    """The `publishes` of `service.py` are the events that the code publishes."""
    declared = {event.topic for event in service.publishes}
    made = _find_made(root, service.name)
    for topic in sorted(declared - made.keys()):
        yield f"services/{service.name}/service.py: publishes {topic}, which no code makes"
    for topic in sorted(made.keys() - declared):
        yield f"{made[topic]} (in publishes of services/{service.name}/service.py)"


def _find_made(root: Path, service: str) -> dict[str, str]:
    """Topic → a place where the service makes that event."""
    found: dict[str, str] = {}
    for source in sources(root, f"services/{service}"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and (topic := NAMES.get(_model(node))):
                found[topic] = source.at(node, f"publishes {topic}, which is not declared")
    return found


def _model(call: ast.Call) -> str:
    """`PairIntroduced` of `PairIntroduced(…)` and of `PairIntroduced.model_validate(…)`."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr="model_validate"):
            return name
    return name_called(call)


def _queues(root: Path, service: Service) -> Iterator[str]:
    definitions = json.loads((root / "deploy/rabbitmq/definitions.json").read_text())
    names = {queue["name"] for queue in definitions["queues"]}
    for queue in [*service.working_queues(), *service.rpc_endpoints]:
        if queue not in names:
            yield f"deploy/rabbitmq/definitions.json: no queue {queue} (run `binome contracts`)"
