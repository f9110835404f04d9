"""Which story the work in hand belongs to: its log lines and the facts it states carry the id.

A story begins where something comes in from outside and goes on through every event it causes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from structlog.contextvars import bound_contextvars, get_contextvars

from shared.messaging.envelope import Cause, as_uuid


@contextmanager
def telling(cause: Cause) -> Iterator[None]:
    """Work in this block is caused by that event."""
    with bound_contextvars(correlation_id=str(cause.correlation_id), event_id=str(cause.event_id)):
        yield


@contextmanager
def beginning(story: UUID | None = None) -> Iterator[None]:
    """Work in this block begins a story, as when somebody knocks at a door, or goes on with one."""
    with bound_contextvars(correlation_id=str(story or uuid4())):
        yield


def current() -> Cause:
    """The story in hand; outside of any, a new one."""
    told = get_contextvars()
    story = as_uuid(told.get("correlation_id")) or uuid4()
    return Cause(as_uuid(told.get("event_id")) or story, story)
