"""No page of an association is reached without its guard."""

import pytest
from fastapi.routing import APIRoute

from services.registration.entrypoints.pages import ROUTERS
from services.registration.entrypoints.pages.coordinator import (
    CoordinatorRoute,
    require_own_form,
    require_session,
)

OPEN = {"/associations/entree", "/associations/entree/{token}", "/associations/sortie"}
"""Signing in and out, by links and rules of their own."""
ROUTES = [
    route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    and route.path.startswith("/associations")
    and route.path not in OPEN
]


def test_the_pages_of_associations_are_found() -> None:
    assert len(ROUTES) > 20


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.methods}{route.path}")
def test_each_asks_who_acts_and_each_button_whose_form_it_was(route: APIRoute) -> None:
    guards = {dependency.call for dependency in route.dependant.dependencies}
    assert isinstance(route, CoordinatorRoute)
    assert guards == {require_session if route.methods == {"GET"} else require_own_form}
