"""Signing out at registration closes the pages of other services, over a real broker."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.devstack.servers import Servers
from deploy.services import get_service, installed_services
from services.registration.service import SERVICE
from shared.messaging.topology import declare, topology
from shared.service.asgi import build
from shared.service.definition import Service
from shared.service.settings import load
from shared.web.sessions import COOKIE
from tests.conftest import Databases, with_database
from tests.integration.registration.conftest import csrf, sign_in
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import until

Open = Callable[[str], Awaitable[httpx.AsyncClient]]
PAGES = {"followup": "/coordination", "matching": f"/rounds/{uuid4()}/certificate.json"}


@pytest.fixture
async def vhost(servers: Servers) -> str:
    name = f"sessions_{uuid4().hex[:8]}"
    await asyncio.to_thread(servers.rabbitmqctl, "add_vhost", name)
    user = servers.amqp_url.split("//")[1].split(":")[0]
    rights = ("set_permissions", "-p", name, user, ".*", ".*", ".*")
    await asyncio.to_thread(servers.rabbitmqctl, *rights)
    url = with_database(servers.amqp_url, name)
    await declare(url, topology(installed_services()))
    return url


async def running(service: Service, amqp_url: str, database_url: str) -> Any:
    """The ASGI application of a service; its parts run while its lifespan does."""
    os.environ["BINOME_AMQP_URL"], os.environ["BINOME_DATABASE_URL"] = amqp_url, database_url
    return build(service, load(service.settings, service.name))


@pytest.fixture
async def apps(
    s: ServiceHarness, vhost: str, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[dict[str, Any]]:
    """Followup and matching, beside registration on the database of the harness, all running."""
    own = os.environ["BINOME_DATABASE_URL"]
    monkeypatch.setenv("BINOME_AMQP_URL", vhost)
    monkeypatch.setenv("BINOME_DATABASE_URL", own)
    apps = {"registration": await running(SERVICE, vhost, own)}
    for name in PAGES:
        url = await databases.fresh(get_service(name))
        apps[name] = await running(get_service(name), vhost, url)
    lifespans = [app.router.lifespan_context(app) for app in apps.values()]
    for lifespan in lifespans:
        await lifespan.__aenter__()
    yield apps
    for lifespan in reversed(lifespans):
        await lifespan.__aexit__(None, None, None)


@pytest.fixture
async def elsewhere(apps: dict[str, Any]) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A browser at each of the running services."""
    browsers = {
        name: httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")
        for name, app in apps.items()
    }
    yield browsers
    for browser in browsers.values():
        await browser.aclose()


async def until_status(browser: httpx.AsyncClient, path: str, statuses: set[int]) -> None:
    async def answers_so() -> bool:
        return (await browser.get(path)).status_code in statuses

    await until(answers_so)


async def until_end_is_heard(app: Any) -> None:
    """A page that is closed for want of news may open once more, when a list of before the end is
    late; what has handled the end stays closed."""
    ended = "SELECT EXISTS (SELECT FROM sessions WHERE ended_at IS NOT NULL)"
    await until(partial(app.state.runtime.pool.fetchval, ended))


async def test_the_old_cookie_opens_nothing_in_any_service_after_signing_out(
    s: ServiceHarness, apps: dict[str, Any], elsewhere: dict[str, httpx.AsyncClient]
) -> None:
    await sign_in(s, "tandem_avenir")
    cookie = s.client.cookies[COOKIE]
    for name, path in PAGES.items():
        elsewhere[name].cookies.set(COOKIE, cookie)
        await until_status(elsewhere[name], path, {200, 404})
    token = csrf((await s.client.get("/associations")).text)
    assert (await s.client.post("/associations/sortie", data={"csrf": token})).status_code == 303
    for name, path in PAGES.items():
        await until_end_is_heard(apps[name])
        assert (await elsewhere[name].get(path)).status_code == 403
    elsewhere["registration"].cookies.set(COOKIE, cookie)
    assert (await elsewhere["registration"].get("/associations")).status_code == 303


async def test_without_registration_no_service_believes_a_session_for_long(
    s: ServiceHarness, apps: dict[str, Any], elsewhere: dict[str, httpx.AsyncClient]
) -> None:
    await sign_in(s, "tandem_avenir")
    browser = elsewhere["followup"]
    browser.cookies.set(COOKIE, s.client.cookies[COOKIE])
    await until_status(browser, PAGES["followup"], {200})
    registration = apps["registration"].state.runtime
    registration.stopping.set()  # its workers and its relay end; nothing was signed out
    await until_status(browser, PAGES["followup"], {403})
