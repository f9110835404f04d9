"""Work on a message carries the correlation id of its cause; log lines name the message."""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars

from services.notification.domain.message import Message
from shared.messaging.correlation import MessageContext, bound_context


@contextmanager
def message_context(message: Message) -> Iterator[None]:
    """What is published and logged in this block is caused by what the message tells."""
    cause = MessageContext(message.cause_id, message.correlation_id)
    known = {"message_id": str(message.id), "template": message.template}
    with bound_context(cause), bound_contextvars(**known):
        yield
