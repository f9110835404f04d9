"""The intent to tell one person one thing. Its id follows from it: a repeat is the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID, uuid5

from shared.contracts.types import Lang, Recipient

_MESSAGES = UUID("5b0f7c1e-6f0a-5d0e-9c55-0a8d8b1d6f11")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class MessageIntent:
    """`person` is an id, or an association's code; `concerns` what the message is about.

    `facts` are ids and codes that its words depend on, never a name. `once_per` tells apart two
    messages that are otherwise alike: a day, a term.
    """

    template: str
    recipient: Recipient
    person: str
    concerns: UUID
    lang: Lang | None = None
    """None: the language that the person chose, known when the contact is asked."""
    facts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    once_per: str = ""
    request_id: UUID | None = None
    """Not to be told once this request is withdrawn; None: whatever becomes of any request."""
    pair_id: UUID | None = None
    """Not to be told once this pair is undone."""

    @property
    def id(self) -> UUID:
        """The same for the same message to the same person: what is intended twice is one row."""
        return uuid5(_MESSAGES, ":".join([self.template, self.recipient, self.person, self._key]))

    @property
    def _key(self) -> str:
        return self.once_per or str(self.concerns)
