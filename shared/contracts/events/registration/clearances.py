"""Mentors' clearances for minors."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.codes import AssociationCode
from shared.contracts.events.base import Event, LatestEvent


class ClearanceChanged(LatestEvent):
    """Until when a mentor may accompany minors has changed. Whoever puts this mentor together with
    a minor judges anew."""

    topic: ClassVar[str] = "clearance.changed"
    aggregate_id_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    cleared_until: date | None = None
    """The last day on which it holds; None: no longer cleared, from this moment."""
    association: AssociationCode | None = None
    """In charge of the mentor; the network's head where nobody else is."""
    reason: Literal["recorded", "withdrawn", "expired"]


class ClearanceAsked(Event):
    """An association is asked to look at a mentor's clearance: `claimed` by somebody whose word
    does not count, `ending` soon, or `overdue` where nobody has looked in time."""

    topic: ClassVar[str] = "clearance.asked"
    aggregate_id_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    association: AssociationCode
    reason: Literal["claimed", "ending", "overdue"]
    due: date
    """To the end of which an answer is awaited; of an `ending` one, its last day."""
