"""Events that notification publishes: what became of messages and introductions."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.codes import AssociationCode
from shared.contracts.events.base import Event, PairEvent
from shared.contracts.types import Channel, Recipient, Side


class IntroductionFailed(PairEvent):
    """A confirmed pair could not be brought together: one side cannot be reached, or its messages
    had not left by the deadline. A human of the association must look."""

    topic: ClassVar[str] = "introduction.failed"

    reason: Literal["unreachable", "deadline"]
    side: Side | None = None
    """The side that no message reaches; None: it is not known which."""


class PairIntroduced(PairEvent):
    """Both have the message that brings them together: the engagement starts here."""

    topic: ClassVar[str] = "pair.introduced"


class _MessageEvent(Event):
    aggregate_id_field: ClassVar[str] = "message_id"

    message_id: UUID
    template: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    channel: Channel
    recipient: Recipient
    person: str
    """Id of the person; code of the association for its coordinator."""
    concerns: UUID
    """What the message is about: a request, a mentor, a pair, a check-in, a sign-in."""
    bounced: tuple[Channel, ...] = ()
    """Channels by which the recipient's address was refused for good."""


class MessageSent(_MessageEvent):
    """A mail or an SMS left for its recipient, and the provider took it."""

    topic: ClassVar[str] = "message.sent"


class MessageFailed(_MessageEvent):
    """A message could not be sent, or nobody can know whether it was: a human must look."""

    topic: ClassVar[str] = "message.failed"

    state: Literal["permanent-failure", "technical-failure", "unknown"]
    association: AssociationCode | None = None
    """Whose coordinator can look, where the sender knows: an introduction may fail before
    the event of the pair has reached anybody else."""
