"""The published JSON Schemas: what partners and other readers of an event may rely on.

`binome contracts` writes them from the models; a change that would break a reader is refused
(`shared.contracts.compatibility`).
"""

import json
from importlib.resources import files
from typing import Any

from shared.contracts.events.base import Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(event: type[Event], version: int = 1) -> dict[str, Any]:
    """The JSON Schema of an event as its model defines it today."""
    head = {"$schema": DIALECT, "$id": f"urn:binome:fact:{event.topic}:v{version}"}
    return head | event.model_json_schema()


def load_schema(topic: str, version: int = 1) -> dict[str, Any]:
    """The JSON Schema of an event as it was published. Raises FileNotFoundError before that."""
    file = files(__name__).joinpath(f"{topic}.v{version}.json")
    schema_data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema_data
