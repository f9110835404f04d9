"""Whether somebody may be somebody known, and who is to be kept apart."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.codes import AssociationCode
from shared.contracts.events.base import Event, LatestEvent
from shared.contracts.types import Side


class DoubtRaised(Event):
    """Two registrations may be one person: the association that owns the doubt decides."""

    topic: ClassVar[str] = "doubt.raised"
    aggregate_id_field: ClassVar[str] = "doubt_id"

    doubt_id: UUID
    association: AssociationCode
    """Who decides: in charge of the person known first, else the network's head."""
    due: date
    """Last day to decide; afterwards the doubt goes to the network's head."""
    reminder: bool = False
    """True: raised before, and not decided in time."""


class HoldLifted(LatestEvent):
    """A newcomer who was held is nobody known, and no guardian is waited for: matched from now on,
    with the old date."""

    topic: ClassVar[str] = "hold.lifted"
    aggregate_id_field: ClassVar[str] = "request_id"

    side: Side
    person_id: UUID
    request_id: UUID
    """The request that was held; for a mentor the mentor's own id."""
    apart_from: tuple[UUID, ...] = ()
    """Mentors whom this young person was paired with under an earlier registration."""


class HoldPlaced(LatestEvent):
    """A mentor who was matched waits: corrected to 16 or 17, their guardian comes first. No new
    pair before `hold.lifted`; what is not introduced yet is undone, and the rest paused."""

    topic: ClassVar[str] = "hold.placed"
    aggregate_id_field: ClassVar[str] = "person_id"

    side: Side
    person_id: UUID
    request_id: UUID
    """For a mentor the mentor's own id."""


class PersonKeptApart(Event):
    """Pairs that may never be, found after both people came: one of them, a guardian or a
    coordinator is reached at another's contact now. One that is not introduced yet is undone."""

    topic: ClassVar[str] = "person.kept_apart"
    aggregate_id_field: ClassVar[str] = "person_id"

    side: Side
    person_id: UUID
    apart_from: tuple[UUID, ...]
    """People of the other side."""
