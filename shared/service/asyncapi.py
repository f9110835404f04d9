"""A service's own description for programs: AsyncAPI 3.0 of its messages, OpenAPI of its endpoints.

Both are made from the `Service` and the contracts alone, so they cannot say anything else than
what runs; the same service gives the same document, byte for byte.
"""

from collections.abc import Callable, Iterable
from functools import cache
from inspect import getdoc
from typing import Any, get_type_hints

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.templating import Jinja2Templates

from shared.contracts.events import EVENTS, Event
from shared.contracts.samples import golden
from shared.messaging.names import EVENTS_EXCHANGE
from shared.service.definition import ExternalQueue, RpcEndpoint, Service
from shared.web import asyncapi_page, pages
from shared.web.pages import SHARED

Document = dict[str, Any]

CONTRACT_VERSION = "1.0.0"
"""Version of the contracts as a whole; each fact has its own in `ce-type`."""

_TEXT = {"type": "string"}
_CE_HEADERS: Document = {
    "type": "object",
    "description": "CloudEvents 1.0 attributes; correlation and causation are extensions.",
    "required": ["ce-specversion", "ce-id", "ce-type", "ce-source", "ce-time"],
    "properties": {
        "ce-specversion": {"type": "string", "const": "1.0"},
        "ce-id": {"type": "string", "format": "uuid"},
        "ce-type": _TEXT,
        "ce-source": _TEXT,
        "ce-time": {"type": "string", "format": "date-time"},
        "ce-subject": _TEXT,
        "ce-correlationid": {"type": "string", "format": "uuid"},
        "ce-causationid": {"type": "string", "format": "uuid"},
    },
}


def asyncapi(service: Service) -> Document:
    """The AsyncAPI 3.0 document of a service: what it hears, states, takes in and answers."""
    facts = [fact for fact in EVENTS.values() if fact in {*service.listens, *service.emits}]
    questions = {queue: _models(answer) for queue, answer in service.rpc_endpoints.items()}
    spoken = [*facts, *(model for pair in questions.values() for model in pair)]
    return {
        "asyncapi": "3.0.0",
        "info": _info(service),
        "defaultContentType": "application/json",
        "channels": _channels(service, facts, questions),
        "operations": _operations(service),
        "components": {
            "messages": {model.__name__: _message(model) for model in spoken},
            "schemas": {"CloudEvent": _CE_HEADERS, **_schemas(spoken)},
        },
    }


def openapi(service: Service, prefix: str = "/api") -> Document | None:
    """The OpenAPI document of a service's endpoints for programs; None when it has none."""
    app = FastAPI(title=f"Binôme · {service.name}", version=CONTRACT_VERSION)
    for router in service.routers:
        app.include_router(router)
    whole = app.openapi()
    whole["paths"] = {path: x for path, x in whole["paths"].items() if path.startswith(prefix)}
    return whole if whole["paths"] else None


def router_for(service: Service) -> APIRouter:
    """`GET /asyncapi` for people, `GET /asyncapi.json` for programs."""
    router = APIRouter(include_in_schema=False)

    @cache
    def document() -> Document:  # made for the first reader, as the pages are
        return asyncapi(service)

    @router.get("/asyncapi.json")
    async def messages_for_programs() -> Document:
        return document()

    @router.get("/asyncapi")
    async def messages_for_people(request: Request) -> Response:
        return asyncapi_page(request, _look(), service.name)

    return router


@cache
def _look() -> Jinja2Templates:
    """Made for the first reader: a service starts without it."""
    return pages(SHARED)


def _info(service: Service) -> Document:
    return {
        "title": f"Binôme · {service.name}",
        "version": CONTRACT_VERSION,
        "description": service.mission,
    }


def _channels(
    service: Service,
    facts: Iterable[type[Event]],
    questions: dict[str, tuple[type[BaseModel], type[BaseModel]]],
) -> Document:
    channels = {fact.topic: _fact_channel(fact) for fact in facts}
    channels |= {
        external.queue: _external_channel(external) for external in service.external_queues
    }
    for queue, (question, answer) in questions.items():
        channels[queue] = _queue_channel(queue, question)
        channels[_reply(queue)] = {"address": None, "messages": _message_reference(answer)}
    return channels


def _fact_channel(fact: type[Event]) -> Document:
    return {
        "address": fact.topic,
        "summary": getdoc(fact),
        "messages": _message_reference(fact),
        "bindings": {"amqp": _routing_key(EVENTS_EXCHANGE)},
    }


def _external_channel(external: ExternalQueue) -> Document:
    return {
        "address": external.keys[0],
        "summary": getdoc(external.handler),
        "description": f"Routing keys: {', '.join(external.keys)}. Queue: {external.queue}.",
        "bindings": {"amqp": _routing_key(external.exchange)},
    }


def _queue_channel(queue: str, question: type[BaseModel]) -> Document:
    held = {"name": queue, "durable": True, "exclusive": False, "autoDelete": False, "vhost": "/"}
    amqp = {"is": "queue", "queue": held, "bindingVersion": "0.3.0"}
    return {"address": queue, "messages": _message_reference(question), "bindings": {"amqp": amqp}}


def _routing_key(exchange: str) -> Document:
    held = {"name": exchange, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"}
    return {"is": "routingKey", "exchange": held, "bindingVersion": "0.3.0"}


def _operations(service: Service) -> Document:
    operations = {f"send.{fact.topic}": _operation("send", fact.topic) for fact in service.emits}
    for fact, handler in service.listens.items():
        operations[f"receive.{fact.topic}"] = _operation("receive", fact.topic, handler)
    for external in service.external_queues:
        operations[f"receive.{external.queue}"] = _operation(
            "receive", external.queue, external.handler
        )
    for queue, answer in service.rpc_endpoints.items():
        operation = _operation("receive", queue, answer.handler)
        operations[f"answer.{queue}"] = operation | {"reply": _reply_to(queue)}
    return dict(sorted(operations.items()))


def _operation(action: str, channel: str, handler: Callable[..., Any] | None = None) -> Document:
    operation: Document = {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}
    if handler is not None:
        operation["title"] = getattr(handler, "__name__", channel)
        operation["summary"] = getdoc(handler) or ""
    return operation


def _reply(queue: str) -> str:
    return f"{queue}.reply"


def _reply_to(queue: str) -> Document:
    return {
        "address": {"location": "$message.header#/reply_to"},
        "channel": {"$ref": f"#/channels/{_reply(queue)}"},
    }


def _message_reference(model: type[BaseModel]) -> Document:
    return {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"}}


def _message(model: type[BaseModel]) -> Document:
    name = model.__name__
    message: Document = {
        "name": name,
        "summary": getdoc(model),
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }
    return message | (_fact_message(model) if issubclass(model, Event) else {})


def _fact_message(fact: type[Event]) -> Document:
    sample = golden(fact.topic)
    return {
        "title": fact.topic,
        "headers": {"$ref": "#/components/schemas/CloudEvent"},
        "correlationId": {"location": "$message.header#/ce-correlationid"},
        "examples": [{"name": "golden", "headers": sample.headers, "payload": sample.body}],
    }


def _schemas(models: Iterable[type[BaseModel]]) -> Document:
    wanted = [(model, "validation") for model in models]
    _, found = models_json_schema(
        wanted,  # type: ignore[arg-type]  # the literal "validation" is lost in the list
        ref_template="#/components/schemas/{model}",
    )
    return dict(sorted(found.get("$defs", {}).items()))


def _models(answer: RpcEndpoint) -> tuple[type[BaseModel], type[BaseModel]]:
    """The question, and what its handler says it returns."""
    given: type[BaseModel] = get_type_hints(answer.handler)["return"]
    return answer.question, given
