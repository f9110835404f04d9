"""Each service says what of it may be open without an owner, and asks only after timers of its own.

What is open is found in its store; a timer that no service fires would let it look owned for ever.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from deploy.services import installed_services
from shared.service.definition import Service

_KINDS = re.compile(r"kind\s*(?:=\s*'([a-z_0-9]+)'|IN\s*\(([^)]*)\))")


def violations(root: Path) -> Iterator[str]:
    del root  # what is installed is what is judged
    for service in installed_services():
        yield from of_service(service)


def of_service(service: Service) -> Iterator[str]:
    place = f"services/{service.name}/service.py"
    if not service.unowned:
        yield f"{place}: does not say what of it may be open without an owner"
    asked = {kind for query in service.unowned.values() for kind in timers_in(query)}
    for kind in sorted(asked - set(service.timers)):
        yield f"{place}: takes the timer {kind} for an owner, which it does not fire"


def timers_in(query: str) -> set[str]:
    """The kinds of timers that a query asks for."""
    alone = {one for one, _ in _KINDS.findall(query) if one}
    listed = {
        kind for _, several in _KINDS.findall(query) for kind in re.findall(r"'(\w+)'", several)
    }
    return alone | listed
