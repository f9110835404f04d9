"""What a service holds about a person: asked by registration alone, for the person's own export.

The answer carries rows as they are kept, ids and codes: names and addresses are registration's.
Nothing of it is stored or queued.
"""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

HELD_QUEUES = {
    "matching": "matching.held",
    "notification": "notification.held",
    "followup": "followup.held",
}
"""Service → the restricted queue on which it answers."""


class HeldAsked(BaseModel):
    """`ids`: the person's id and those of their requests."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    ids: tuple[UUID, ...] = Field(min_length=1, max_length=1000)


class HeldGiven(BaseModel):
    """Table → rows about the person, without what is only a key or a fingerprint."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    tables: dict[str, list[dict[str, Any]]]
