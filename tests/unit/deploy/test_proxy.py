"""One address for all pages: each path leads to the service that serves it."""

import re

import pytest
from fastapi.routing import APIRoute

from deploy.services import installed_services
from shared.service.definition import Service
from shared.web.signed_links import PATHS
from tests.architecture.tree import ROOT

CONFIG = (ROOT / "deploy/proxy/nginx.conf").read_text()


def _service_of(path: str) -> str:
    """The service to which nginx's map sends a path."""
    body = re.search(r"map \$uri \$service \{(.*?)\n    \}", CONFIG, re.DOTALL)
    assert body
    rules: list[tuple[str, str]] = re.findall(r"(\S+)\s+(\w+);", body[1])
    for pattern, service in rules:
        if pattern.startswith("~") and re.search(pattern[1:], path):
            return service
    return dict(rules)["default"]


def _paths(service: Service) -> list[str]:
    routes = [route for router in service.routers for route in router.routes]
    return [route.path for route in routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize("service", installed_services(), ids=lambda service: service.name)
def test_every_page_of_a_service_is_reached(service: Service) -> None:
    found = {path: _service_of(path) for path in _paths(service)}
    assert [path for path, name in found.items() if name != service.name] == []


def test_the_pages_of_the_contract_are_served() -> None:
    paths = [path for service in installed_services() for path in _paths(service)]
    assert len(paths) > 10
    for start in ("/inscription/", "/demande/", "/suivi/", "/rounds", "/boite"):
        assert any(path.startswith(start) for path in paths), start


@pytest.mark.parametrize(("service", "path"), PATHS.values())
def test_every_link_of_a_message_is_reached(service: str, path: str) -> None:
    assert _service_of(path.format("token")) == service


def test_what_is_for_operators_is_not_public() -> None:
    closed = re.search(r"location ~ (\S+) \{\s*return 404;", CONFIG)
    assert closed
    for path in ("/health/ready", "/metrics", "/asyncapi", "/asyncapi.json", "/openapi.json"):
        assert re.search(closed[1], path), path
    for service in installed_services():
        assert not [path for path in _paths(service) if re.search(closed[1], path)]


def test_links_that_act_for_people_are_not_logged() -> None:
    assert "access_log off;" in CONFIG
    assert "error_log /dev/stderr crit;" in CONFIG
