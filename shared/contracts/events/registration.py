"""Events that registration publishes: people, requests, guardians, clearances, sessions."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.codes import AssociationCode
from shared.contracts.criteria import MenteeCriteria, MentorCriteria
from shared.contracts.events.base import Event, LatestEvent
from shared.contracts.types import Lang, Recipient, RegistrationSource, Side


class MenteeRegistered(Event):
    """A young person's request came in; from now on it is ours to answer."""

    topic: ClassVar[str] = "mentee.registered"
    about: ClassVar[str] = "request_id"

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
    about: ClassVar[str] = "mentor_id"

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
    about: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    request_id: UUID
    """The open request; for a mentor the mentor's own id, which the tracking page knows."""
    lang: Lang = "fr"


class ConsentAsked(Event):
    """A minor waits for a guardian's consent; nothing else happens before it."""

    topic: ClassVar[str] = "consent.asked"
    about: ClassVar[str] = "request_id"

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
    about: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    lang: Lang = "fr"
    side: Side = "mentee"
    """Of a mentor, both ids are the mentor's own."""


class GuardianNamed(Event):
    """A minor of 15 to 17 named a guardian, who is told of it and may object."""

    topic: ClassVar[str] = "guardian.named"
    about: ClassVar[str] = "subject_id"

    subject_id: UUID
    """The young person's request; for a mentor the mentor's own id."""
    person_id: UUID
    side: Side
    lang: Lang = "fr"


class MinorIntroduced(Event):
    """A minor whose guardian we can reach was introduced to a mentor: the guardian is told."""

    topic: ClassVar[str] = "minor.introduced"
    about: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    pair_id: UUID
    lang: Lang = "fr"


class ConfirmationAsked(Event):
    """An association is to assure itself of a minor's guardian before an introduction."""

    topic: ClassVar[str] = "confirmation.asked"
    about: ClassVar[str] = "subject_id"

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
    about: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    subject_id: UUID
    """The young person's latest request; for a mentor the mentor's own id."""
    age: Literal[15, 18]
    lang: Lang = "fr"


class RequestRouted(Event):
    """A request was sent to the most fitting association, which has until `answer_by`."""

    topic: ClassVar[str] = "request.routed"
    about: ClassVar[str] = "request_id"

    request_id: UUID
    association: AssociationCode
    by_hand: bool
    """True: a coordinator must answer; false: the association takes charge automatically."""
    routed_on: date
    answer_by: AwareDatetime


class RequestConfirmed(LatestEvent):
    """An association takes charge; only now may it see who asks, and matching may begin."""

    topic: ClassVar[str] = "request.confirmed"
    about: ClassVar[str] = "request_id"

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


class ContactProved(Event):
    """The address that somebody was registered with is theirs: a button on the page of a link that
    was sent there has been pressed. `recipient`: whose address, the person's or the guardian's."""

    topic: ClassVar[str] = "contact.proved"
    about: ClassVar[str] = "person_id"

    person_id: UUID
    recipient: Recipient


class RequestWithdrawn(Event):
    """A request is over before its time, for good: everything about it stops at once, whatever
    stage it has reached, and it is never opened again."""

    topic: ClassVar[str] = "request.withdrawn"
    about: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    association: AssociationCode | None = None
    """The association that had it in hand or in charge, if any had."""
    reason: Literal["consent_withdrawn", "withdrawn", "erased", "duplicate"]
    """`consent_withdrawn`: by a guardian; `withdrawn`: by the young person themselves."""


class DoubtRaised(Event):
    """Two registrations may be one person: the association that owns the doubt decides."""

    topic: ClassVar[str] = "doubt.raised"
    about: ClassVar[str] = "doubt_id"

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
    about: ClassVar[str] = "request_id"

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
    about: ClassVar[str] = "person_id"

    side: Side
    person_id: UUID
    request_id: UUID
    """For a mentor the mentor's own id."""


class BirthDateCorrected(LatestEvent):
    """Somebody's birth date was another: gates judge by this one, and the person is told."""

    topic: ClassVar[str] = "birth_date.corrected"
    about: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    subject_id: UUID
    """The young person's latest request, or the mentor: what their own link is made of."""
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    """None: an adult."""
    lang: Lang = "fr"


class PersonKeptApart(Event):
    """Pairs that may never be, found after both people came: one of them, a guardian or a
    coordinator is reached at another's contact now. One that is not introduced yet is undone."""

    topic: ClassVar[str] = "person.kept_apart"
    about: ClassVar[str] = "person_id"

    side: Side
    person_id: UUID
    apart_from: tuple[UUID, ...]
    """People of the other side."""


class MentorLeft(Event):
    """A mentor is no longer there: no new pair, and those that stand are undone. Each request of
    these pairs waits again with its old date."""

    topic: ClassVar[str] = "mentor.left"
    about: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    reason: Literal["erased", "duplicate", "left"]


class ClearanceChanged(LatestEvent):
    """Until when a mentor may accompany minors has changed. Whoever puts this mentor together with
    a minor judges anew."""

    topic: ClassVar[str] = "clearance.changed"
    about: ClassVar[str] = "mentor_id"

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
    about: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    association: AssociationCode
    reason: Literal["claimed", "ending", "overdue"]
    due: date
    """To the end of which an answer is awaited; of an `ending` one, its last day."""


class PersonErased(Event):
    """A person asked to be erased, or their time is over: every service lets go of what it holds
    about them and answers with `erasure.done`. Told again, it is done again."""

    topic: ClassVar[str] = "person.erased"
    about: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side


class ContactChanged(Event):
    """Somebody is reached elsewhere from `effective_at` on: the old address hears of it, and may
    stop it. Where to write is asked by `change_id`."""

    topic: ClassVar[str] = "contact.changed"
    about: ClassVar[str] = "change_id"

    change_id: UUID
    person_id: UUID
    recipient: Recipient
    effective_at: AwareDatetime
    waits: bool
    """True: asked for by an association, and not in effect before that hour."""


class SignInAsked(Event):
    """A coordinator asked for a link to sign in with."""

    topic: ClassVar[str] = "signin.asked"
    about: ClassVar[str] = "signin_id"

    signin_id: UUID
    association: AssociationCode
    user_id: UUID | None = None
    """The person of the association, to whose own address the link goes."""
    lang: Lang = "fr"


class SessionOpened(Event):
    """A person of an association signed in. Other services keep a copy of the session."""

    topic: ClassVar[str] = "session.opened"
    about: ClassVar[str] = "session_id"

    session_id: UUID
    user_id: UUID
    association: AssociationCode
    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the cookie's 256 random bits."""
    expires_at: AwareDatetime
    """Real time."""


class SessionEnded(Event):
    """A session opens nothing any more: its person signed out, or an operator ended it."""

    topic: ClassVar[str] = "session.ended"
    about: ClassVar[str] = "session_id"

    session_id: UUID


class SessionsListed(Event):
    """Which sessions are open, said every second and a half while any is: whoever has no recent
    list takes every session for ended."""

    topic: ClassVar[str] = "sessions.listed"
    about: ClassVar[str] = "list_id"

    list_id: UUID
    listed_at: AwareDatetime
    """Real time."""
    session_ids: tuple[UUID, ...] = ()


class ReachabilityChanged(LatestEvent):
    """Somebody can be reached no more by any way that is known, or again."""

    topic: ClassVar[str] = "reachability.changed"
    about: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    reachable: bool
    association: AssociationCode | None = None
    """In charge of this person; None: nobody yet."""
