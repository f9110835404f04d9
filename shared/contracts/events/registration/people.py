"""People: registered, changed, reached or not, gone."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.codes import AssociationCode
from shared.contracts.criteria import MentorCriteria
from shared.contracts.events.base import Event, LatestEvent
from shared.contracts.types import Lang, Recipient, RegistrationSource, Side


class MenteeRegistered(Event):
    """A young person's request came in; from now on it is ours to answer."""

    topic: ClassVar[str] = "mentee.registered"
    aggregate_id_field: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    door: RegistrationSource
    lang: Lang = "fr"
    campaign: str | None = Field(default=None, pattern=r"^[a-z0-9_-]{1,40}$")
    registered_at: AwareDatetime
    awaits_consent: bool = False
    """A guardian is asked first, and nothing else happens before their answer."""


class MentorRegistered(Event):
    """A volunteer offered some hours a month and joins the pool."""

    topic: ClassVar[str] = "mentor.registered"
    aggregate_id_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    door: RegistrationSource
    lang: Lang = "fr"
    campaign: str | None = Field(default=None, pattern=r"^[a-z0-9_-]{1,40}$")
    company: str | None = Field(default=None, pattern=r"^[a-z0-9_-]{1,40}$")
    association: AssociationCode | None = None
    criteria: MentorCriteria
    registered_at: AwareDatetime
    held: bool = False
    """True: may be somebody known already, or waits for a guardian; not matched before
    `hold.lifted`."""
    awaits_guardian: bool = False
    """A minor whose guardian is told or asked first, and nothing else happens before."""
    apart_from: tuple[UUID, ...] = ()
    """Mentees never to be put together with this mentor: they may be the same person."""


class RegistrationRepeated(Event):
    """Somebody whom we know registered again: they get their link again, nothing else happens."""

    topic: ClassVar[str] = "registration.repeated"
    aggregate_id_field: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    request_id: UUID
    """The open request; for a mentor the mentor's own id, which the tracking page knows."""
    lang: Lang = "fr"


class ContactProved(Event):
    """The address that somebody was registered with is theirs: a button on the page of a link that
    was sent there has been pressed. `recipient`: whose address, the person's or the guardian's."""

    topic: ClassVar[str] = "contact.proved"
    aggregate_id_field: ClassVar[str] = "person_id"

    person_id: UUID
    recipient: Recipient


class ContactChanged(Event):
    """Somebody is reached elsewhere from `effective_at` on: the old address has a message of it,
    and may stop it. Where to write is asked by `change_id`."""

    topic: ClassVar[str] = "contact.changed"
    aggregate_id_field: ClassVar[str] = "change_id"

    change_id: UUID
    person_id: UUID
    recipient: Recipient
    effective_at: AwareDatetime
    waits: bool
    """True: asked for by an association, and not in effect before that hour."""


class ReachabilityChanged(LatestEvent):
    """Somebody can be reached no more by any way that is known, or again."""

    topic: ClassVar[str] = "reachability.changed"
    aggregate_id_field: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    reachable: bool
    association: AssociationCode | None = None
    """In charge of this person; None: nobody yet."""


class BirthDateCorrected(LatestEvent):
    """Somebody's birth date was another: gates judge by this one, and the person is told."""

    topic: ClassVar[str] = "birth_date.corrected"
    aggregate_id_field: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    subject_id: UUID
    """The young person's latest request, or the mentor: what their own link is made of."""
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    """None: an adult."""
    lang: Lang = "fr"


class MentorLeft(Event):
    """A mentor is no longer there: no new pair, and those that stand are undone. Each request of
    these pairs waits again with its old date."""

    topic: ClassVar[str] = "mentor.left"
    aggregate_id_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    reason: Literal["erased", "duplicate", "left"]


class PersonErased(Event):
    """A person asked to be erased, or their time is over: every service lets go of what it holds
    about them and answers with `erasure.done`. Sent again, it is done again."""

    topic: ClassVar[str] = "person.erased"
    aggregate_id_field: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
