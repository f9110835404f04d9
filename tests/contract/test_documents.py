"""The documents of a service: valid for their standards, true to the service, always the same."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from deploy.services import installed_services
from shared.contracts.events import EVENTS
from shared.service.asyncapi import asyncapi, openapi, router_for
from shared.service.definition import Service
from shared.web import mount_static
from tests.contract.invented import INVENTED

OFFICIAL = Path(__file__).parent / "asyncapi" / "asyncapi-3.0.0.json"
SERVICES = [INVENTED, *installed_services()]

services = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@pytest.fixture(scope="module")
def standard() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads(OFFICIAL.read_text()))


@services
def test_the_document_is_valid_asyncapi(
    service: Service, standard: jsonschema.Draft7Validator
) -> None:
    standard.validate(asyncapi(service))


@services
def test_every_reference_leads_somewhere(service: Service) -> None:
    document = asyncapi(service)
    assert [ref for ref in _references(document) if _at(document, ref) is None] == []


@services
def test_every_example_obeys_the_schema_beside_it(service: Service) -> None:
    document = asyncapi(service)
    for message in document["components"]["messages"].values():
        for example in message.get("examples", []):
            for part in ("payload", "headers"):
                rules = {**message[part], "components": document["components"]}
                jsonschema.validate(example[part], rules)


@services
def test_it_lists_what_the_service_receives_and_publishes(service: Service) -> None:
    operations = asyncapi(service)["operations"]
    received = {f"receive.{event.topic}" for event in service.subscribes}
    assert received | {f"send.{event.topic}" for event in service.publishes} <= operations.keys()
    events = {name.partition(".")[2] for name in operations} & EVENTS.keys()
    assert events == {event.topic for event in (*service.subscribes, *service.publishes)}


def test_a_message_from_outside_and_an_rpc_are_documented_too() -> None:
    document = asyncapi(INVENTED)
    answering = document["operations"]["answer.registration.contact"]
    assert answering["reply"]["channel"] == {"$ref": "#/channels/registration.contact.reply"}
    assert document["channels"]["registration.contact.reply"]["messages"].keys() == {"ContactGiven"}
    assert document["channels"]["invented.partners"]["summary"].startswith("Take in")


def test_endpoints_for_programs_are_listed_and_pages_are_not() -> None:
    document = openapi(INVENTED)
    assert document is not None
    assert document["paths"].keys() == {"/api/v1/hours"}


def test_a_service_without_endpoints_for_programs_has_no_openapi() -> None:
    assert openapi(Service("mute", __package__, "Says nothing.")) is None


@services
def test_the_same_service_gives_the_same_bytes(service: Service) -> None:
    assert json.dumps(asyncapi(service)) == json.dumps(asyncapi(service))


async def test_people_and_programs_find_it_at_the_service() -> None:
    app = FastAPI()
    mount_static(app)
    app.include_router(router_for(INVENTED))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        document = await client.get("/asyncapi.json")
        page = await client.get("/asyncapi")
    assert document.json() == asyncapi(INVENTED)
    assert page.status_code == 200
    assert 'data-document="asyncapi.json"' in page.text


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _at(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document.get(step) if isinstance(document, dict) else None
    return document
