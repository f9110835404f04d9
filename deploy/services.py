"""The services that this installation holds: all of them in a checkout, one in a container."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import services
from shared.service.definition import Service


def names() -> list[str]:
    """Names of the installed services, in alphabetical order; nothing of them is imported yet."""
    packages = [found.name for found in iter_modules(services.__path__) if found.ispkg]
    return sorted(name for name in packages if find_spec(f"services.{name}.service"))


def get_service(name: str) -> Service:
    """The `SERVICE` of `services/<name>/service.py`. Raises LookupError if not installed."""
    if name not in names():
        raise LookupError(f"no service {name!r} here; there are: {', '.join(names()) or 'none'}")
    service: Service = import_module(f"services.{name}.service").SERVICE
    return service


def installed_services() -> list[Service]:
    """Every installed service as it describes itself, by name."""
    return [get_service(name) for name in names()]
