"""A message written out and addressed: the only place where words and address meet."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.contracts.types import Channel

_BREAKS = frozenset("\r\n\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


class UnsafeHeader(ValueError):
    """Something meant for a header would break out of it. Its text is not repeated."""


@dataclass(frozen=True)
class OutgoingMessage:
    """What a gateway takes. `to`: mail address, or phone in E.164. Raises UnsafeHeader."""

    id: UUID
    template: str
    channel: Channel
    to: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
    """Business time, for the Date header."""
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.to or not _BREAKS.isdisjoint(self.to + self.subject):
            raise UnsafeHeader("a header would not hold on one line")
