"""Which chain of events the work in hand belongs to: its log lines and events carry the id.

A chain begins where something comes in from outside and goes on through every event it causes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from structlog.contextvars import bound_contextvars, get_contextvars

from shared.messaging.envelope import MessageContext, as_uuid


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
