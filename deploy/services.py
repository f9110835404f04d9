"""The services that this installation holds: all of them in a checkout, one in a container."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import services
from shared.service.definition import Service


def names(folders: Iterable[str] = services.__path__) -> list[str]:
    """Names of the services installed in these folders, in alphabetical order; nothing of them is
    imported yet."""
    return sorted(file.parent.name for one in folders for file in Path(one).glob("*/service.py"))


def get_service(name: str) -> Service:
    """The `SERVICE` of `services/<name>/service.py`. Raises LookupError if not installed."""
    if name not in names():
        raise LookupError(f"no service {name!r} here; there are: {', '.join(names()) or 'none'}")
    service: Service = import_module(f"services.{name}.service").SERVICE
    return service


def installed_services() -> list[Service]:
    """Every installed service as it describes itself, by name."""
    return [get_service(name) for name in names()]
