"""Guardians of minors: asked, told, seen to; and birthdays."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.codes import AssociationCode
from shared.contracts.events.base import Event, LatestEvent
from shared.contracts.types import Lang, Side


class ConsentAsked(Event):
    """A minor waits for a guardian's consent; nothing else happens before it."""

    topic: ClassVar[str] = "consent.asked"
    aggregate_id_field: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    lang: Lang = "fr"
    reminder: int = Field(default=0, ge=0, le=2)
    """0: asked for the first time; else which reminder this is."""
    side: Side = "mentee"
    """Of a mentor, both ids are the mentor's own."""
    minority: Literal["under_15", "under_18"] | None = None
    """Why: the law asks under 15, the programme until 18. None: not said."""


class ConsentGiven(Event):
    """A guardian consented, and is owed a message to keep."""

    topic: ClassVar[str] = "consent.given"
    aggregate_id_field: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    lang: Lang = "fr"
    side: Side = "mentee"
    """Of a mentor, both ids are the mentor's own."""


class GuardianNamed(Event):
    """A minor of 15 to 17 named a guardian, who is told of it and may object."""

    topic: ClassVar[str] = "guardian.named"
    aggregate_id_field: ClassVar[str] = "subject_id"

    subject_id: UUID
    """The young person's request; for a mentor the mentor's own id."""
    person_id: UUID
    side: Side
    lang: Lang = "fr"


class MinorIntroduced(Event):
    """A minor whose guardian we can reach was introduced to a mentor: the guardian is told."""

    topic: ClassVar[str] = "minor.introduced"
    aggregate_id_field: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    pair_id: UUID
    lang: Lang = "fr"


class ConfirmationAsked(Event):
    """An association is to assure itself of a minor's guardian before an introduction."""

    topic: ClassVar[str] = "confirmation.asked"
    aggregate_id_field: ClassVar[str] = "subject_id"

    subject_id: UUID
    """The young person's request; for a mentor the mentor's own id."""
    side: Side
    association: AssociationCode
    kind: Literal["confirm", "inform", "consent"]
    """`confirm`: under 15, the guardian who consented; `inform`: 15 to 17, nobody was told yet;
    `consent`: consent is asked, and no message of ours reaches the guardian."""
    asked_on: date
    answer_by: AwareDatetime
    reminder: bool = False


class BirthdayReached(LatestEvent):
    """A minor is 15, or 18: rights that a guardian had are their own from this day."""

    topic: ClassVar[str] = "birthday.reached"
    aggregate_id_field: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    subject_id: UUID
    """The young person's latest request; for a mentor the mentor's own id."""
    age: Literal[15, 18]
    lang: Lang = "fr"
