"""The one RPC that moves personal data: who is to be written to, asked when it is needed.

Notification asks it on a restricted queue at the moment of sending; registration answers from
its encrypted store and writes down who asked for whom and why. Neither is ever stored.
"""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.types import Lang, Recipient

CONTACT_QUEUE = "registration.contact"


class ContactAsked(BaseModel):
    """`person`: id of the mentee or mentor (a guardian is asked for by the mentee's id), or the
    association's code for its coordinator, or a person of an association by their id.
    `purpose`: name of the message's template.

    `addressee`: id of the other half of a pair, when the answer goes into a message to them (or to
    their guardian) and not to `person`; then `pair_id` names the pair, which must stand.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    recipient: Recipient
    person: str = Field(max_length=64)
    purpose: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    addressee: UUID | None = None
    pair_id: UUID | None = None


class ContactGiven(BaseModel):
    """Empty fields mean: nothing known. `found` false: erased, never here, or not to be told.

    `refused`: why not. `not_yet`: no word has come that the pair stands, so ask again later.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    found: bool
    refused: Literal["not_yet", "no_pair", "not_cleared"] | None = None
    first_name: str = ""
    email: str | None = None
    phone: str | None = None
    """E.164, for example +33639980001."""
    lang: Lang = "fr"
    unproved: bool = False
    """Typed on an open page, and nobody has shown yet that the address is theirs."""
    minor: bool = False
    guarded: bool = False
    """True for a mentee under 15: whoever writes to them writes to the guardian (asked for as
    recipient `guardian` with the mentee's id)."""
