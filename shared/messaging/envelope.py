"""CloudEvents 1.0 attributes in the headers, an event as JSON in the body."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from shared.contracts.codes import READING
from shared.contracts.events.base import Event
from shared.messaging.correlation import MessageContext, as_uuid

ATTEMPT = "binome-attempt"
REASON = "binome-parked-reason"
ORIGIN = "binome-routing-key"
"""The key a message first came with; in a delay queue the broker's own field names its queue."""


class InvalidMessage(Exception):
    """A message that no retry can help: it is parked at once. The reason shows no value of it."""


def headers(
    event: Event, source: str, event_id: UUID, time: datetime, cause: MessageContext
) -> dict[str, str]:
    """The CloudEvents attributes of an event; correlation and causation are extensions."""
    return {
        "ce-specversion": "1.0",
        "ce-id": str(event_id),
        "ce-type": f"binome.{event.topic}.v1",
        "ce-source": f"/binome/{source}",
        "ce-time": time.isoformat(),
        "ce-subject": event.subject,
        "ce-correlationid": str(cause.correlation_id),
        "ce-causationid": str(cause.event_id),
    }


def read_message_context(message_headers: Mapping[str, Any]) -> MessageContext:
    """Identity of an incoming message. Raises InvalidMessage without a UUID in `ce-id`."""
    event_id = as_uuid(message_headers.get("ce-id"))
    if event_id is None:
        raise InvalidMessage("header ce-id is missing or not a UUID")
    correlation = as_uuid(message_headers.get("ce-correlationid"))
    return MessageContext(event_id, correlation or event_id)


def read_event(kind: type[Event], body: bytes) -> Event:
    """The event in a body. Raises InvalidMessage with the places and kinds of what is wrong."""
    try:
        return kind.model_validate_json(body, context=READING)
    except ValidationError as error:
        raise InvalidMessage(f"not a {kind.topic}: {validation_summary(kind, error)}") from None


def validation_summary(kind: type[BaseModel], error: ValidationError) -> str:
    """Places and types of a validation error: no value, and no name that a stranger chose."""
    known = _names(kind)
    return ", ".join(
        f"{_context(fault['loc'], known)} {fault['type']}"
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    )


def _context(loc: tuple[int | str, ...], known: frozenset[str]) -> str:
    parts = [str(part) if isinstance(part, int) or part in known else "…" for part in loc]
    return ".".join(parts) or "body"


@cache
def _names(kind: type[BaseModel]) -> frozenset[str]:
    schema = kind.model_json_schema()
    models = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for model in models for name in model.get("properties", {}))
