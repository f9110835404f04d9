"""Alerts and panels read only what exists, and leave out no queue.

Metrics of ours are found in the source: `….counter("noun_unit", …)` in `shared` belongs to
every service, in a service to that service. RabbitMQ's are a list taken from a running node.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from deploy.services import installed_services
from tests.architecture.tree import name_called, sources

ALERTS = "deploy/prometheus/alerts.yml"
PANELS = "deploy/grafana/dashboards"
_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_MATCHER = re.compile(r'([a-z_]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_DURATION = re.compile(r"\[[^\]]*\]|\boffset\s+\w+")
_WORDS_OF_PROMQL = frozenset(["and", "or", "unless", "offset", "bool", "inf", "nan"])


def violations(root: Path) -> Iterator[str]:
    names = metrics(root)
    expressions = [*_alerts(root), *_panels(root)]
    for place, expression in expressions:
        for name in read_by(expression):
            if not any(re.fullmatch(name, one) for one in names):
                yield f"{place}: nobody measures {name}"
    yield from _forgotten_queues([x for _, x in _alerts(root)], ALERTS)
    yield from _forgotten_queues([x for _, x in _panels(root)], PANELS)


def metrics(root: Path) -> frozenset[str]:
    """Every name of a time series that may be read."""
    names = [service.name for service in installed_services()]
    found = {"up", "binome:consumers_expected"}
    listed = (Path(__file__).with_name("rabbitmq-metrics.txt")).read_text().splitlines()
    found |= {line for line in listed if not line.startswith("#")}
    for noun in _nouns(root, "shared"):
        found |= {f"binome_{name}_{noun}" for name in names}
    for name in names:
        found |= {f"binome_{name}_{noun}" for noun in _nouns(root, f"services/{name}")}
    return frozenset(found)


def _nouns(root: Path, folder: str) -> Iterator[str]:
    for source in sources(root, folder):
        for node in ast.walk(source.tree):
            match node:
                case ast.Call(args=[ast.Constant(value=str(noun)), *_]) if (
                    name_called(node) in _SUFFIXES
                ):
                    yield from (f"{noun}{suffix}" for suffix in _SUFFIXES[name_called(node)])


def read_by(expression: str) -> set[str]:
    """Metrics that an expression reads; a pattern of names stays a pattern."""
    patterns = {
        _text(value) for label, _, value in _MATCHER.findall(expression) if label == "__name__"
    }
    bare = _GROUPING.sub(" ", _DURATION.sub(" ", _STRING.sub(" ", _braceless(expression))))
    functions = set(re.findall(r"([a-z_]+)\s*\(", bare))
    words = set(_WORD.findall(bare)) - functions - _WORDS_OF_PROMQL
    return patterns | words


def _braceless(expression: str) -> str:
    """Without what stands in braces, quoted braces and all."""
    return re.sub(r'\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}', " ", expression)


def _text(quoted: str) -> str:
    text: str = json.loads(quoted)
    return text


def _forgotten_queues(expressions: Iterable[str], place: str) -> Iterator[str]:
    """A queue counts as seen when a selector of RabbitMQ's metrics lets it through."""
    selectors = [found for x in expressions for found in _queue_matchers(x)]
    for service in installed_services():
        for queue in [*service.working_queues(), *service.rpc_endpoints]:
            if not any(_lets_through(operator, value, queue) for operator, value in selectors):
                yield f"{place}: nobody watches the queue {queue}"
        for queue in service.working_queues():
            parked = f"{queue}.parked"
            if not any(o == "=~" and _lets_through(o, value, parked) for o, value in selectors):
                yield f"{place}: nobody watches what is parked of {queue}"


def _queue_matchers(expression: str) -> Iterator[tuple[str, str]]:
    if "rabbitmq_detailed_queue" in expression:
        for label, operator, value in _MATCHER.findall(expression):
            if label == "queue":
                yield operator, _text(value)


def _lets_through(operator: str, value: str, queue: str) -> bool:
    if operator in {"=~", "!~"}:
        return bool(re.fullmatch(value, queue)) == (operator == "=~")
    return (value == queue) == (operator == "=")


def _alerts(root: Path) -> Iterator[tuple[str, str]]:
    file = YAML(typ="safe").load(root / ALERTS)
    for group in file["groups"]:
        for rule in group["rules"]:
            yield f"{ALERTS} ({rule['alert']})", rule["expr"]


def _panels(root: Path) -> Iterator[tuple[str, str]]:
    for file in sorted((root / PANELS).glob("*.json")):
        board: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                yield f"{PANELS}/{file.name} ({panel['title']})", target["expr"]
