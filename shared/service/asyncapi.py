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
"""Version of the contracts as a whole; each event has its own in `ce-type`."""

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
    """The AsyncAPI 3.0 document of a service: events and messages in and out, RPC."""
    events = [
        event for event in EVENTS.values() if event in {*service.subscribes, *service.publishes}
    ]
    questions = {queue: _models(answer) for queue, answer in service.rpc_endpoints.items()}
    spoken = [*events, *(model for pair in questions.values() for model in pair)]
    return {
        "asyncapi": "3.0.0",
        "info": _info(service),
        "defaultContentType": "application/json",
        "channels": _channels(service, events, questions),
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
        return asyncapi_page(request, _load_templates(), service.name)

    return router


@cache
def _load_templates() -> Jinja2Templates:
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
    events: Iterable[type[Event]],
    questions: dict[str, tuple[type[BaseModel], type[BaseModel]]],
) -> Document:
    channels = {event.topic: _event_channel(event) for event in events}
    channels |= {
        external.queue: _external_channel(external) for external in service.external_queues
    }
    for queue, (question, answer) in questions.items():
        channels[queue] = _queue_channel(queue, question)
        channels[_reply(queue)] = {"address": None, "messages": _message_reference(answer)}
    return channels


def _event_channel(event: type[Event]) -> Document:
    return {
        "address": event.topic,
        "summary": getdoc(event),
        "messages": _message_reference(event),
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
    binding = {
        "name": queue,
        "durable": True,
        "exclusive": False,
        "autoDelete": False,
        "vhost": "/",
    }
    amqp = {"is": "queue", "queue": binding, "bindingVersion": "0.3.0"}
    return {"address": queue, "messages": _message_reference(question), "bindings": {"amqp": amqp}}


def _routing_key(exchange: str) -> Document:
    binding = {
        "name": exchange,
        "type": "topic",
        "durable": True,
        "autoDelete": False,
        "vhost": "/",
    }
    return {"is": "routingKey", "exchange": binding, "bindingVersion": "0.3.0"}


def _operations(service: Service) -> Document:
    operations = {
        f"send.{event.topic}": _operation("send", event.topic) for event in service.publishes
    }
    for event, handler in service.subscribes.items():
        operations[f"receive.{event.topic}"] = _operation("receive", event.topic, handler)
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
    return message | (_event_message(model) if issubclass(model, Event) else {})


def _event_message(event: type[Event]) -> Document:
    sample = golden(event.topic)
    return {
        "title": event.topic,
        "headers": {"$ref": "#/components/schemas/CloudEvent"},
        "correlationId": {"location": "$message.header#/ce-correlationid"},
        "examples": [{"name": "golden", "headers": sample.headers, "payload": sample.body}],
    }


def _schemas(models: Iterable[type[BaseModel]]) -> Document:
    wanted = [(model, "validation") for model in models]
    _, definitions = models_json_schema(
        wanted,  # type: ignore[arg-type]  # the literal "validation" is lost in the list
        ref_template="#/components/schemas/{model}",
    )
    return dict(sorted(definitions.get("$defs", {}).items()))


def _models(answer: RpcEndpoint) -> tuple[type[BaseModel], type[BaseModel]]:
    """The models of the request and, by its handler's annotation, of the reply."""
    given: type[BaseModel] = get_type_hints(answer.handler)["return"]
    return answer.question, given
