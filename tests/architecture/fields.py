"""Every optional field of an event is set by some code; one that nobody sets is refused.

A field counts as set where its event is made with it by name, where the pieces that a call unfolds
name it, or where all events of a pair, a message or an engagement take it from their common part.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from shared.contracts.events import EVENTS, Event
from tests.architecture.tree import name_called, sources

PLACE = "shared/contracts/events"


def violations(root: Path) -> Iterator[str]:
    made = _find_set_fields(root)
    for topic, event in EVENTS.items():
        for name in _own_optional(event):
            is_set = name in made.get(event.__name__, set()) or (topic, name) in OUTSIDE
            if not is_set and not _is_named_elsewhere(root, topic, name):
                yield f"{PLACE}: nobody sets {name} of {topic}"


def _own_optional(event: type[Event]) -> list[str]:
    """Fields that this event declares itself and that may be left out."""
    own = vars(event).get("__annotations__", {})
    return [
        name
        for name, field in event.model_fields.items()
        if name in own and not field.is_required()
    ]


OUTSIDE = {
    ("request.confirmed", "programme"): "by whoever runs a programme of their own",
    ("checkin.asked", "lang"): "kept for readers from before contacts had it",
}
"""Fields of single events that no code of ours sets, and why they stay."""
ELSEWHERE = {
    ("request.explained", "gate"): "services/matching/gateways/explanation_file.py",
    ("request.explained", "opens_most"): "services/matching/gateways/explanation_file.py",
}
"""Fields that are handed over whole, and where they are named."""


def _is_named_elsewhere(root: Path, topic: str, name: str) -> bool:
    place = ELSEWHERE.get((topic, name))
    return place is not None and name in _names_in(ast.parse((root / place).read_text()))


def _find_set_fields(root: Path) -> dict[str, set[str]]:
    """Name of an event → every field that some call sets by name, or by a literal it unfolds."""
    found: dict[str, set[str]] = {}
    for source in sources(root, "services"):
        named = _names_in(source.tree)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call):
                set_here = {word.arg for word in node.keywords if word.arg}
                if any(word.arg is None for word in node.keywords) or _validates(node):
                    set_here |= named
                found.setdefault(_model(node), set()).update(set_here)
    return found


def _names_in(tree: ast.AST) -> set[str]:
    """Keys of the literals of a module: what an unfolded dictionary there may hold."""
    return {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _validates(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "model_validate"


def _model(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr="model_validate"):
            return name
    return name_called(call)
