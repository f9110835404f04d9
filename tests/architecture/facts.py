"""Every fact is stated by somebody, heard by somebody, shown by a golden message, and queued."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from deploy.services import installed_services
from shared.contracts.events import EVENTS
from shared.service.definition import Service
from tests.architecture.tree import called, sources

NAMES = {fact.__name__: topic for topic, fact in EVENTS.items()}


def violations(root: Path) -> Iterator[str]:
    services = installed_services()
    stated = {fact.topic for service in services for fact in service.emits}
    heard = {fact.topic for service in services for fact in service.listens}
    for topic in EVENTS:
        if topic not in stated:
            yield f"shared/contracts/events: nobody states {topic}"
        if topic not in heard:
            yield f"shared/contracts/events: nobody hears {topic}"
        if not (root / f"shared/contracts/samples/{topic}.v1.json").exists():
            yield f"shared/contracts/samples: no golden message of {topic}"
    for service in services:
        yield from _kept_promises(root, service)
        yield from _queues(root, service)


def _kept_promises(root: Path, service: Service) -> Iterator[str]:
    """What `service.py` says it emits is what the code states."""
    promised = {fact.topic for fact in service.emits}
    made = _made(root, service.name)
    for topic in sorted(promised - made.keys()):
        yield f"services/{service.name}/service.py: promises {topic}, which no code states"
    for topic in sorted(made.keys() - promised):
        yield f"{made[topic]} (in emits of services/{service.name}/service.py)"


def _made(root: Path, service: str) -> dict[str, str]:
    """Topic → a place where the service makes that fact."""
    found: dict[str, str] = {}
    for source in sources(root, f"services/{service}"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and (topic := NAMES.get(_model(node))):
                found[topic] = source.at(node, f"states {topic}, which is not promised")
    return found


def _model(call: ast.Call) -> str:
    """`PairIntroduced` of `PairIntroduced(…)` and of `PairIntroduced.model_validate(…)`."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr="model_validate"):
            return name
    return called(call)


def _queues(root: Path, service: Service) -> Iterator[str]:
    definitions = json.loads((root / "deploy/rabbitmq/definitions.json").read_text())
    known = {queue["name"] for queue in definitions["queues"]}
    for queue in [*service.working_queues(), *service.rpc_endpoints]:
        if queue not in known:
            yield f"deploy/rabbitmq/definitions.json: no queue {queue} (run `binome contracts`)"
