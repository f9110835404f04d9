"""A message on its way, as a sender holds it. Names of states are GOV.UK Notify's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.types import Channel, Lang, Recipient

State = Literal[
    "created",
    "sending",
    "delivered",
    "temporary-failure",
    "permanent-failure",
    "technical-failure",
    "unknown",
    "cancelled",
]
"""`delivered`: the mail server or the SMS provider took it. `temporary-failure`: tried again later.
`unknown`: a crash hid the answer and nobody can tell; an operator must look, it is not sent again.
`cancelled`: what it was about was stopped before it left.
"""
FinalFailure = Literal["permanent-failure", "technical-failure", "unknown"]


@dataclass(frozen=True)
class Message:
    """A claimed message. `claim` counts how often it was claimed and fences off older claims."""

    id: UUID
    template: str
    recipient: Recipient
    person: str
    concerns: UUID
    lang: Lang | None
    facts: Mapping[str, str]
    claim: int
    setbacks: int
    """Temporary failures so far, on the channel now in use."""
    channel: Channel | None
    spent: tuple[Channel, ...]
    """Channels that refused it for good."""
    handed_at: datetime | None
    """Real time at which it was given to a gateway in this claim; None: certainly not sent."""
    cause_id: UUID
    correlation_id: UUID
    intended_at: datetime
    """Business time at which what it tells became known here."""
    waiting_since: datetime | None = None
    """Real time since when registration has had no word of the pair that it introduces."""
    admitted: Channel | None = None
    """The channel in whose limits it has its place already: a retry takes no second one."""
