"""Events that follow-up publishes: check-ins, alerts, and how engagements go on or end."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.codes import AssociationCode
from shared.contracts.events.base import Event
from shared.contracts.types import CheckInKind, Lang, Side


class CheckInAsked(Event):
    """It is time to ask one side how it goes. Month 3 also asks: renew or close?"""

    topic: ClassVar[str] = "checkin.asked"
    aggregate_id_field: ClassVar[str] = "checkin_id"

    checkin_id: UUID
    engagement_id: UUID
    pair_id: UUID
    kind: CheckInKind
    side: Side
    person_id: UUID
    lang: Lang = "fr"


class MeetingConfirmed(Event):
    """One of the two said that they have met."""

    topic: ClassVar[str] = "meeting.confirmed"
    aggregate_id_field: ClassVar[str] = "pair_id"

    pair_id: UUID
    request_id: UUID


class AlertRaised(Event):
    """Something about a pair needs a human of its association."""

    topic: ClassVar[str] = "alert.raised"
    aggregate_id_field: ClassVar[str] = "alert_id"

    alert_id: UUID
    association: AssociationCode
    pair_id: UUID | None = None
    reason: Literal[
        "not_going_well",
        "silent",
        "not_met",
        "message_failed",
        "introduction_failed",
        "clearance_ended",
        "guardian_first",
        "same_contact",
    ]
    signal: int = Field(default=1, ge=1)
    """How often this was said while the alert is open: each time is told."""
    side: Side | None = None
    """Who said it this time; None: nobody of the two."""


class _EngagementEvent(Event):
    aggregate_id_field: ClassVar[str] = "engagement_id"

    engagement_id: UUID
    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID


class EngagementRenewed(_EngagementEvent):
    """Both want to go on: a new term of three months begins."""

    topic: ClassVar[str] = "engagement.renewed"

    term: int = Field(ge=2)


class EngagementEnded(_EngagementEvent):
    """The term is over; the mentor's place is free again, this pair is not made twice."""

    topic: ClassVar[str] = "engagement.ended"

    reason: Literal["completed", "not_going_well", "silent"]
    left: Side | None = None
    """The side that left before the end of the term; `reason` says nothing then. Where it is the
    mentor, the request is not over: it waits again."""
