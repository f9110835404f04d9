"""What every gateway promises: to say honestly whether a message left."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from uuid import UUID

from services.notification.domain.outgoing_message import Parcel


@dataclass(frozen=True)
class Taken:
    """The other side has it. `reference`: its own id of it, when it gives one."""

    reference: str = ""


@dataclass(frozen=True)
class Refused:
    """No retry helps on this channel. Reasons are short codes, never what a server said."""

    reason: str


@dataclass(frozen=True)
class Later:
    """It certainly did not leave; it may next time."""

    reason: str


@dataclass(frozen=True)
class Unsure:
    """It may have left: the answer was lost."""

    reason: str


Outcome = Taken | Refused | Later | Unsure


class Finding(Enum):
    """What the other side knows of a message that may have left."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWABLE = "unknowable"


class Carrier(Protocol):
    """A gateway for one channel.

    `absence_seconds`: how long after the hand-over "absent" can be believed, in real seconds.
    """

    absence_seconds: float

    async def send(self, parcel: Parcel) -> Outcome:
        """Give a parcel away, within the send timeout."""
        ...

    async def find(self, reference: UUID) -> Finding:
        """Ask for a parcel by its id. Raises OSError when the other side cannot be asked."""
        ...

    async def close(self) -> None: ...
