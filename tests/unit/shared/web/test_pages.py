"""Pages, static files, headers and errors, as a browser receives them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request, Response

from shared.web import Form, SecurityHeaders, add_error_pages, asyncapi_page, mount_static, pages

PAGE = """{% extends "base.html" %}
{% block title %}{{ t("Où ?", "Where?") }}{% endblock %}
{% block main %}<h1>{{ "job" | label("needs") }}</h1>
<a id="next" href="{{ url("followup", "/suivi/abc") }}">x</a>
{{ forms.text(form, "first_name", "Nom") }}
{{ forms.checkboxes(form, "needs", "?", options("needs")) }}
{% endblock %}"""
LINKS = {"registration": "http://one.example", "followup": "http://four.example:8004/"}
BROWSER = {"accept": "text/html,*/*"}


def application(folder: Path) -> FastAPI:
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "broken.html").write_text("{{ nobody }}", encoding="utf-8")
    app = FastAPI()
    templates = pages(folder, links=LINKS)
    mount_static(app)
    add_error_pages(app, templates)
    app.add_middleware(SecurityHeaders)

    @app.get("/page")
    async def page(request: Request) -> Response:
        form = Form({"first_name": "<script>alert(1)</script>", "needs": ["job"]})
        return templates.TemplateResponse(request, "page.html", {"form": form})

    @app.get("/broken")
    async def broken(request: Request) -> Response:
        return templates.TemplateResponse(request, "broken.html")

    @app.get("/number/{number}")
    async def number(number: int) -> dict[str, int]:
        return {"number": number}

    @app.get("/slow-down")
    async def slow_down() -> Response:
        raise HTTPException(429, headers={"Retry-After": "60"})

    @app.get("/asyncapi")
    async def messages(request: Request) -> Response:
        return asyncapi_page(request, templates, "matching")

    return app


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(tmp_path), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as found:
        yield found


async def test_a_page_is_in_the_language_of_its_reader(client: httpx.AsyncClient) -> None:
    french = (await client.get("/page")).text
    english = (await client.get("/page?lang=en")).text
    assert '<html lang="fr">' in french
    assert "<title>Où\u202f? · Binôme</title>" in french
    assert "Trouver un premier emploi" in french
    assert '<html lang="en">' in english
    assert "<title>Where? · Binôme</title>" in english


async def test_links_lead_to_the_base_of_the_other_service(client: httpx.AsyncClient) -> None:
    assert 'href="http://four.example:8004/suivi/abc"' in (await client.get("/page")).text
    english = (await client.get("/page?lang=en")).text
    assert 'href="http://four.example:8004/suivi/abc?lang=en"' in english


async def test_the_switch_keeps_the_rest_of_the_address(client: httpx.AsyncClient) -> None:
    text = (await client.get("/page?code=a%26b&lang=en")).text
    assert 'href="/page?code=a%26b&amp;lang=fr"' in text


async def test_what_people_typed_is_escaped(client: httpx.AsyncClient) -> None:
    text = (await client.get("/page")).text
    assert "<script>alert" not in text
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;"' in text


async def test_choices_are_kept(client: httpx.AsyncClient) -> None:
    text = (await client.get("/page")).text
    assert re.findall(r'value="(\w+)" checked', text) == ["job"]


async def test_pages_carry_the_safe_headers(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/page")).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self' data:;")
    assert "unsafe" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_only_the_viewer_of_messages_may_more(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/asyncapi")).headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "connect-src 'self'" in policy
    assert "default-src 'none'" in policy


async def test_static_files_are_kept_as_long_as_their_hash_is_right(
    client: httpx.AsyncClient,
) -> None:
    addresses = re.findall(r'"(/static/binome/[^"]+)"', (await client.get("/page")).text)
    assert len(addresses) >= 5
    for address in addresses:
        answer = await client.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    old = await client.get(addresses[0].split("?")[0] + "?v=old")
    assert old.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["..%2f__init__.py", "../pages.py", "look/"])
async def test_nothing_but_static_files_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/static/binome/{path}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "Cette page n’existe pas"),
        ("/number/seven", 422, "Nous n’avons pas pu lire cette réponse"),
        ("/broken", 500, "Quelque chose s’est mal passé de notre côté"),
        ("/slow-down", 429, "Un peu de patience"),
    ],
)
async def test_errors_are_shown_in_plain_words_and_stay_safe(
    client: httpx.AsyncClient, path: str, status: int, words: str
) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert answer.status_code == status
    assert words in answer.text
    assert "Que faire maintenant" in answer.text
    assert "content-security-policy" in answer.headers
    assert answer.headers["cache-control"] == "no-store"


async def test_an_error_keeps_its_own_headers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/slow-down", headers=BROWSER)).headers["retry-after"] == "60"


async def test_programs_get_errors_as_before(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"accept": "application/json"})
    assert answer.json() == {"detail": "Not Found"}
    assert "detail" in (await client.get("/number/seven")).json()
