"""The interface of a gateway: it reports whether a message left, or that nobody can know."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from uuid import UUID

from services.notification.domain.outgoing_message import OutgoingMessage


@dataclass(frozen=True)
class Accepted:
    """The other side has it. `reference`: its own id of it, when it gives one."""

    reference: str = ""


@dataclass(frozen=True)
class Rejected:
    """No retry helps on this channel. Reasons are short codes, never what a server said."""

    reason: str


@dataclass(frozen=True)
class TemporaryFailure:
    """It certainly did not leave; it may next time."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """It may have left: the answer was lost."""

    reason: str


SendResult = Accepted | Rejected | TemporaryFailure | Unknown


class DeliveryStatus(Enum):
    """What the other side knows of a message that may have left."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWABLE = "unknowable"


class MessageGateway(Protocol):
    """A gateway for one channel.

    `status_lag_seconds`: how long after the hand-over "absent" can be believed, in real seconds.
    """

    status_lag_seconds: float

    async def send(self, outgoing: OutgoingMessage) -> SendResult:
        """Hand a message over, within the send timeout."""
        ...

    async def find(self, reference: UUID) -> DeliveryStatus:
        """Ask for a message by its id. Raises OSError when the other side cannot be asked."""
        ...

    async def close(self) -> None:
        """Release connections; nothing is sent afterwards."""
