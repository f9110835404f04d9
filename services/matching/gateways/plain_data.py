"""JSON from elsewhere, read strictly: every key expected, every value of its kind."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

_SENTENCES = {
    "extra_forbidden": "clé inconnue",
    "missing": "clé absente",
    "model_type": "un objet est attendu",
    "dict_type": "un objet est attendu",
    "list_type": "une liste est attendue",
    "string_type": "un texte est attendu",
    "string_unicode": "ce texte n'est pas lisible",
    "float_type": "un nombre est attendu",
    "finite_number": "ce nombre est hors limites",
    "int_type": "un nombre entier est attendu",
    "greater_than_equal": "un nombre entier, 0 au moins, est attendu",
    "greater_than": "un prix est au-dessus de 0",
}
"""Kind of a fault, as pydantic names it → what is said of it. The kinds of validators of our own
say it themselves."""


class NotAsStated(Exception):
    """Data is not of the stated form; str() says where and why, in French."""


def strict_json(content: bytes) -> Any:
    """JSON without repeated keys and without NaN. Raises NotAsStated."""
    try:
        return json.loads(content, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or a number of 5 000 digits
        raise NotAsStated("ce n'est pas du JSON.") from None


def _once(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(entries)
    if len(data) != len(entries):
        raise NotAsStated("une clé est là deux fois.")
    return data


def _no_constant(name: str) -> Any:
    raise NotAsStated(f"{name} n'est pas un nombre.")


def read_as(model: type[M], data: Any) -> M:
    """Plain data as what the model states. Raises NotAsStated with the first fault."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
    raise NotAsStated(f"{_place(fault['loc'])} : {_sentence(fault)}.")


def _place(path: tuple[str | int, ...]) -> str:
    """`score.prices`, `floors[1].share`; ranks count from 1."""
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".") or "le fichier"


def _sentence(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "literal_error":
        offered = re.findall(r"'([^']*)'", fault["ctx"]["expected"])
        return f"{' ou '.join(f'« {word} »' for word in offered)} attendu"
    return _SENTENCES.get(fault["type"]) or str(fault["msg"])
