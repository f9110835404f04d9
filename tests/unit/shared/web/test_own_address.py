"""Links and redirects are relative or begin with our own address, whatever a request contains."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, Request
from pydantic import SecretStr

from shared.service.asgi import build
from shared.service.definition import Service
from shared.service.settings import Settings
from shared.web import pages
from shared.web.language import with_current_language
from shared.web.query import number

PUBLIC = "https://binome.example"
FORGED = "evil.example"
EVIL = {"host": FORGED, "x-forwarded-host": FORGED, "forwarded": f"host={FORGED}"}
BROWSER = {"accept": "text/html"}
router = APIRouter()


@router.get("/page")
async def page(request: Request) -> dict[str, str]:
    return {
        "here": str(request.url),
        "base": str(request.base_url),
        "back": with_current_language("/a", request),
    }


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    service = Service("small", "tests", "Shows addresses.", routers=(router,))
    settings = Settings(
        amqp_url=SecretStr("amqp://a:b@127.0.0.1/x"),
        database_url=SecretStr("postgresql://a:b@127.0.0.1/x"),
        secret_key=SecretStr("only-for-tests-" * 4),
        public_url=PUBLIC,
    )
    app = build(service, settings)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def test_a_forged_host_decides_no_redirect(client: httpx.AsyncClient) -> None:
    answer = await client.get("/page/", headers=EVIL)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{PUBLIC}/page"


async def test_a_forged_host_stands_in_no_link(client: httpx.AsyncClient) -> None:
    addresses = (await client.get("/page?lang=en", headers=EVIL)).json()
    assert addresses == {
        "here": f"{PUBLIC}/page?lang=en",
        "base": f"{PUBLIC}/",
        "back": "/a?lang=en",
    }


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "///evil.example", "/%5Cevil.example", "//evil.example/%2e%2e"]
)
async def test_two_slashes_lead_to_no_other_host(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"http://test{path}", headers=BROWSER | EVIL)
    assert answer.status_code == 404
    links = [part.split('"')[0] for part in answer.text.split('href="')[1:]]
    assert len(links) > 2
    for link in links:
        assert link.startswith(("/", "#", f"{PUBLIC}/")), link
        assert not link.startswith(("//", "/\\", "/\t")), link


@pytest.mark.parametrize(
    ("text", "read"),
    [("3", 3), ("²", 1), ("٣", 1), ("9" * 5000, 1), ("-1", 1), ("0", 1), ("", 1), (None, 1)],
)
def test_a_page_number_is_read_or_the_first_one_shown(text: str | None, read: int) -> None:
    assert number(text, 1) == read


def test_the_largest_number_is_bounded() -> None:
    assert number("999999999", 1, most=50) == 50


def test_the_language_switch_keeps_what_a_page_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "switch.html").write_text("{{ switch.en }}")
    templates = pages(tmp_path)
    scope = {
        "type": "http",
        "method": "GET",
        "path": '//evil.example/é "<',
        "query_string": b"a=1&lang=fr",
        "headers": [],
        "server": ("test", 80),
    }
    shown = bytes(templates.TemplateResponse(Request(scope), "switch.html").body).decode()
    assert shown == "/evil.example/%C3%A9%20%22%3C?a=1&amp;lang=en"
