"""Requests of young people, on their way to an association."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.codes import AssociationCode
from shared.contracts.criteria import MenteeCriteria
from shared.contracts.events.base import Event, LatestEvent
from shared.contracts.types import Lang


class RequestRouted(Event):
    """A request was sent to the most fitting association, which has until `answer_by`."""

    topic: ClassVar[str] = "request.routed"
    aggregate_id_field: ClassVar[str] = "request_id"

    request_id: UUID
    association: AssociationCode
    by_hand: bool
    """True: a coordinator must answer; false: the association takes charge automatically."""
    routed_on: date
    answer_by: AwareDatetime


class RequestConfirmed(LatestEvent):
    """An association takes charge; only now may it see who asks, and matching may begin."""

    topic: ClassVar[str] = "request.confirmed"
    aggregate_id_field: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    association: AssociationCode
    programme: str = Field(default="national", pattern=r"^[a-z0-9_-]{1,40}$")
    criteria: MenteeCriteria
    since: AwareDatetime
    """When the young person registered: waiting counts from there, not from today."""
    lang: Lang = "fr"
    by_hand: bool = True
    """False: the association takes charge of whatever reaches it; nobody has looked yet."""
    held: bool = False
    """True: may be somebody known already; not matched before `hold.lifted`."""
    apart_from: tuple[UUID, ...] = ()
    """Mentors never to be put together with this mentee: they may be the same person, or the
    guardian."""


class RequestWithdrawn(Event):
    """A request is over before its time, for good: everything about it stops at once, whatever
    far it has come, and it is never opened again."""

    topic: ClassVar[str] = "request.withdrawn"
    aggregate_id_field: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    association: AssociationCode | None = None
    """The association that had it in hand or in charge, if any had."""
    reason: Literal["consent_withdrawn", "withdrawn", "erased", "duplicate"]
    """`consent_withdrawn`: by a guardian; `withdrawn`: by the young person themselves."""
