"""Golden messages: every event as it stands on the broker, headers and body, one file each.

Together they tell one invented request from its registration to the end of its engagement. A
event's next version gets a file of its own; these stay, and must stay readable.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Golden:
    """One message: CloudEvents attributes in its headers, the event in its body."""

    headers: dict[str, str]
    body: dict[str, Any]


def golden(topic: str, version: int = 1) -> Golden:
    """The golden message of an event. Raises FileNotFoundError when nobody has written one."""
    file = files(__name__).joinpath(f"{topic}.v{version}.json")
    return Golden(**json.loads(file.read_text(encoding="utf-8")))
