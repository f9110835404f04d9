"""Middleware of endpoints: latency, correlation, and refusals that a person or program can act
on."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI, Header, Request
from pydantic import BaseModel

from shared.messaging.correlation import current_context
from shared.service.asgi import TEMPLATES
from shared.service.body_limit import MAX_BODY_BYTES, BodyLimit
from shared.service.metrics import Metrics
from shared.service.middleware import RequestContextMiddleware, add_unavailable_handler
from shared.service.problems import Problem, install_problems, problem_response
from shared.service.settings import SERVICES
from shared.web import add_error_pages

BROWSER = {"accept": "text/html,application/xhtml+xml"}


class Body(BaseModel):
    n: int


def make_app(metrics: Metrics) -> FastAPI:
    app = FastAPI()
    app.state.links = dict.fromkeys(SERVICES, "http://test")
    add_error_pages(app, TEMPLATES)
    install_problems(app, TEMPLATES)
    add_unavailable_handler(app, TEMPLATES)
    app.add_middleware(
        BodyLimit, answer=lambda *reason: problem_response(reason[0], reason[1], TEMPLATES)
    )
    app.add_middleware(RequestContextMiddleware, metrics=metrics)

    @app.get("/demande/{token}")
    async def read_context(token: str) -> dict[str, UUID]:
        return {
            "first": current_context().correlation_id,
            "second": current_context().correlation_id,
        }

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.post("/api/v1/things")
    async def strict(body: Body, idempotency_key: Annotated[str, Header(max_length=5)] = "") -> int:
        return body.n

    @app.get("/refused")
    @app.get("/api/v1/refused")
    async def refuse() -> None:
        raise Problem(409, "key_reused", "Clé déjà utilisée", "Take another.", [{"field": "key"}])

    @app.get("/away/{what}")
    @app.get("/api/v1/away/{what}")
    async def away(what: str) -> None:
        raise {
            "connection": ConnectionRefusedError("to amqp://someone:s3cr3t@nowhere"),
            "timeout": TimeoutError(),
            "database": asyncpg.CannotConnectNowError("starting up"),
            "argument": asyncpg.exceptions._base.DataError("Lea Martin"),  # noqa: SLF001 - hidden by another
            "file": FileNotFoundError("template"),
            "bug": KeyError("Lea Martin"),
        }[what]

    return app


@pytest.fixture
def metrics() -> Metrics:
    return Metrics("small")


@pytest.fixture
async def client(metrics: Metrics) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_app(metrics), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


def read_latencies(metrics: Metrics) -> dict[tuple[str, str], float]:
    return {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for family in metrics.requests.collect()
        for sample in family.samples
        if sample.name.endswith("_count")
    }


async def test_a_request_is_measured_by_its_route_never_by_the_address(
    client: httpx.AsyncClient, metrics: Metrics
) -> None:
    for path in ("/demande/s3cr3t", "/demande/0ther", "/lea.martin", "/away/bug", "/static/lea"):
        await client.get(path)
    await client.delete("/demande/s3cr3t")
    assert read_latencies(metrics) == {
        ("/demande/{token}", "200"): 2,
        ("/demande/{token}", "405"): 1,
        ("unknown", "404"): 2,
        ("/away/{what}", "500"): 1,
    }


async def test_a_request_has_one_correlation(client: httpx.AsyncClient) -> None:
    one, other = [(await client.get("/demande/x")).json() for _ in range(2)]
    assert one["first"] == one["second"]
    assert one["first"] != other["first"]


async def test_a_body_of_one_megabyte_is_refused_and_a_smaller_one_is_not(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.post("/length", content=b"x" * (MAX_BODY_BYTES - 1))).json() == 999_999
    refused = await client.post("/length", content=b"x" * MAX_BODY_BYTES)
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:binome:problem:body_too_large"


async def test_a_body_that_streams_in_without_a_length_is_refused_as_well(
    client: httpx.AsyncClient,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 10_000

    assert (await client.post("/length", content=pieces())).status_code == 413
    page = await client.post("/length", content=pieces(), headers=BROWSER)
    assert page.status_code == 413
    assert "<h1>" in page.text


async def test_half_a_body_is_no_body(metrics: Metrics) -> None:
    """Who leaves in the middle of sending has sent nothing."""
    pieces = [
        {"type": "http.request", "body": b'{"n": 1', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return pieces.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/length", "headers": [], "state": {}}
    await make_app(metrics)({**scope, "query_string": b"", "app": None}, receive, send)
    assert sent == []


async def test_a_problem_is_a_document_for_programs_and_a_page_for_people(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/refused")
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:binome:problem:key_reused",
        "title": "Clé déjà utilisée",
        "status": 409,
        "detail": "Take another.",
        "errors": [{"field": "key"}],
    }
    assert (await client.get("/api/v1/refused", headers=BROWSER)).json() == response.json()
    assert "<h1>" in (await client.get("/refused", headers=BROWSER)).text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v1/things", 405, "method_not_allowed"),
        ("POST", "/api/v1/things", 422, "malformed_request"),
    ],
)
async def test_the_frameworks_own_refusals_are_problems_on_the_api(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    response = await client.request(method, path, json={"n": "Lea Martin"}, headers=BROWSER)
    assert response.status_code == status
    assert response.json()["type"] == f"urn:binome:problem:{code}"
    assert "Martin" not in response.text
    assert ("allow" in response.headers) == (status == 405)


@pytest.mark.parametrize("what", ["connection", "timeout", "database"])
async def test_an_outage_names_when_to_try_again(client: httpx.AsyncClient, what: str) -> None:
    response = await client.get(f"/api/v1/away/{what}")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert response.json()["type"] == "urn:binome:problem:unavailable"
    assert "s3cr3t" not in response.text
    page = await client.get(f"/away/{what}", headers=BROWSER)
    assert page.status_code == 503
    assert "revenons" in page.text


@pytest.mark.parametrize("what", ["argument", "file", "bug"])
async def test_a_mistake_of_ours_is_not_called_an_outage(
    client: httpx.AsyncClient, what: str
) -> None:
    response = await client.get(f"/away/{what}")
    assert response.status_code == 500
    assert "Martin" not in response.text
