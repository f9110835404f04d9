"""Work on a message belongs to the story that asked for it; log lines name the message."""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars

from services.notification.domain.message import Message
from shared.messaging.correlation import telling
from shared.messaging.envelope import Cause


@contextmanager
def story_of(message: Message) -> Iterator[None]:
    """What is stated and logged in this block is caused by what the message tells."""
    cause = Cause(message.cause_id, message.correlation_id)
    known = {"message_id": str(message.id), "template": message.template}
    with telling(cause), bound_contextvars(**known):
        yield
