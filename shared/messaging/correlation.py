"""Which chain of events the work in hand belongs to: its log lines and events carry the id.

A chain begins where something comes in from outside and goes on through every event it causes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from structlog.contextvars import bound_contextvars, get_contextvars


@dataclass(frozen=True)
class MessageContext:
    """Where something comes from: the event in hand, and the correlation id of its chain."""

    event_id: UUID
    correlation_id: UUID


@contextmanager
def bound_context(cause: MessageContext) -> Iterator[None]:
    """Work in this block is caused by that event."""
    with bound_contextvars(correlation_id=str(cause.correlation_id), event_id=str(cause.event_id)):
        yield


@contextmanager
def new_context(correlation_id: UUID | None = None) -> Iterator[None]:
    """Work in this block begins a chain of events, as an HTTP request does, or goes on with one."""
    with bound_contextvars(correlation_id=str(correlation_id or uuid4())):
        yield


def current_context() -> MessageContext:
    """The chain in hand; outside of any, a new one."""
    values = get_contextvars()
    correlation_id = as_uuid(values.get("correlation_id")) or uuid4()
    return MessageContext(as_uuid(values.get("event_id")) or correlation_id, correlation_id)


def as_uuid(value: Any) -> UUID | None:
    """A header as a UUID, or None when it is none."""
    try:
        return UUID(as_text(value))
    except ValueError:
        return None


def as_text(value: Any) -> str:
    """A header as text: texts, bytes and whole numbers. Nothing else (a table) is an id."""
    if isinstance(value, bytes | bytearray):
        return value.decode(errors="replace")
    text = str(value) if isinstance(value, str | int | UUID) else ""
    return text.encode(errors="replace").decode()
