"""The facts that the services tell each other: one frozen model each, with its topic.

A fact is a noun and a past participle, carries ids and criteria, and never a name, an
address or a phone. A new version of a fact only adds optional fields (`compatibility`).
"""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.codes import (
    AssociationCode,
    CommuneCode,
    DepartmentCode,
    LanguageCode,
    LevelCode,
    NeedCode,
    PublicCode,
    SectorCode,
    SlotCode,
)

Door = Literal["page", "api", "partner", "import"]
Lang = Literal["fr", "en"]
Side = Literal["mentee", "mentor"]
Channel = Literal["mail", "sms"]
Recipient = Literal["mentee", "mentor", "guardian", "coordinator"]
CheckInKind = Literal["first_meeting", "month_1", "month_2", "month_3"]


class Fact(BaseModel):
    """What all facts share. Unknown fields are ignored, so that a newer sender may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    topic: ClassVar[str]
    about: ClassVar[str]
    """Name of the field whose id keeps its facts in order (one aggregate, one order)."""

    @property
    def subject(self) -> str:
        return str(getattr(self, self.about))


class MenteeCriteria(BaseModel):
    """What a young person asks for, without who they are. `birth_year` None means an adult."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    needs: tuple[NeedCode, ...] = Field(min_length=1)
    slots: tuple[SlotCode, ...] = Field(min_length=1)
    level: LevelCode
    department: DepartmentCode
    commune: CommuneCode | None = None
    languages: tuple[LanguageCode, ...] = ("fr",)
    sectors: tuple[SectorCode, ...] = ()
    remote: bool = True
    publics: tuple[PublicCode, ...] = ()
    birth_year: int | None = Field(default=None, ge=1900, le=2100)


class MentorCriteria(BaseModel):
    """What a volunteer offers. `cleared`: may accompany minors (a valid background check)."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    offers: tuple[NeedCode, ...] = Field(min_length=1)
    slots: tuple[SlotCode, ...] = Field(min_length=1)
    levels: tuple[LevelCode, ...] = Field(min_length=1)
    department: DepartmentCode
    commune: CommuneCode | None = None
    languages: tuple[LanguageCode, ...] = ("fr",)
    sectors: tuple[SectorCode, ...] = ()
    remote: bool = True
    capacity: int = Field(default=1, ge=0, le=20)
    cleared: bool = False


class MenteeRegistered(Fact):
    """A young person's request came in; from now on it is ours to answer."""

    topic: ClassVar[str] = "mentee.registered"
    about: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    door: Door
    lang: Lang = "fr"
    campaign: str | None = Field(default=None, pattern=r"^[a-z0-9_-]{1,40}$")
    registered_at: AwareDatetime


class MentorRegistered(Fact):
    """A volunteer offered some hours a month and joins the pool."""

    topic: ClassVar[str] = "mentor.registered"
    about: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    door: Door
    lang: Lang = "fr"
    campaign: str | None = Field(default=None, pattern=r"^[a-z0-9_-]{1,40}$")
    company: str | None = Field(default=None, pattern=r"^[a-z0-9_-]{1,40}$")
    association: AssociationCode | None = None
    criteria: MentorCriteria
    registered_at: AwareDatetime


class RegistrationRepeated(Fact):
    """Somebody whom we know registered again: they get their link again, nothing else happens."""

    topic: ClassVar[str] = "registration.repeated"
    about: ClassVar[str] = "person_id"

    person_id: UUID
    side: Side
    request_id: UUID
    """The open request; for a mentor the mentor's own id, which the tracking page knows."""
    lang: Lang = "fr"


class ConsentAsked(Fact):
    """A child under 15 waits for a parent's consent; nothing else happens before it."""

    topic: ClassVar[str] = "consent.asked"
    about: ClassVar[str] = "request_id"

    request_id: UUID
    mentee_id: UUID
    lang: Lang = "fr"


class RequestRouted(Fact):
    """A request was sent to the most fitting association, which has until `answer_by`."""

    topic: ClassVar[str] = "request.routed"
    about: ClassVar[str] = "request_id"

    request_id: UUID
    association: AssociationCode
    by_hand: bool
    """True: a coordinator must answer; false: the association takes charge automatically."""
    routed_on: date
    answer_by: AwareDatetime


class RequestConfirmed(Fact):
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


class SignInAsked(Fact):
    """A coordinator asked for a link to sign in with."""

    topic: ClassVar[str] = "signin.asked"
    about: ClassVar[str] = "signin_id"

    signin_id: UUID
    association: AssociationCode
    lang: Lang = "fr"


class PairProposed(Fact):
    """A verified round puts two people together. Components are in [0, 1], score their sum."""

    topic: ClassVar[str] = "pair.proposed"
    about: ClassVar[str] = "pair_id"

    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    association: AssociationCode
    programme: str = "national"
    round_id: UUID
    score: float = Field(ge=0)
    components: dict[str, float]


class PairConfirmed(Fact):
    """The pair stands: both accepted, or its programme introduces without asking."""

    topic: ClassVar[str] = "pair.confirmed"
    about: ClassVar[str] = "pair_id"

    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    association: AssociationCode
    programme: str = "national"


class PairIntroduced(Fact):
    """Both have the message that brings them together: the engagement starts here."""

    topic: ClassVar[str] = "pair.introduced"
    about: ClassVar[str] = "pair_id"

    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    association: AssociationCode
    programme: str = "national"


class MessageSent(Fact):
    """A mail or an SMS left for its recipient, and the provider took it."""

    topic: ClassVar[str] = "message.sent"
    about: ClassVar[str] = "message_id"

    message_id: UUID
    template: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    channel: Channel
    recipient: Recipient
    person: str
    """Id of the person; code of the association for its coordinator."""
    concerns: UUID
    """What the message is about: a request, a mentor, a pair, a check-in, a sign-in."""


class MessageFailed(Fact):
    """A message could not be sent, or nobody can know whether it was: a human must look."""

    topic: ClassVar[str] = "message.failed"
    about: ClassVar[str] = "message_id"

    message_id: UUID
    template: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    channel: Channel
    recipient: Recipient
    person: str
    concerns: UUID
    state: Literal["permanent-failure", "technical-failure", "unknown"]
    association: AssociationCode | None = None
    """Whose coordinator can look, where the sender knows: an introduction may fail before
    anybody else has heard of the pair."""


class CheckInAsked(Fact):
    """It is time to ask one side how it goes. Month 3 also asks: renew or close?"""

    topic: ClassVar[str] = "checkin.asked"
    about: ClassVar[str] = "checkin_id"

    checkin_id: UUID
    engagement_id: UUID
    pair_id: UUID
    kind: CheckInKind
    side: Side
    person_id: UUID
    lang: Lang = "fr"


class MeetingConfirmed(Fact):
    """One of the two said that they have met."""

    topic: ClassVar[str] = "meeting.confirmed"
    about: ClassVar[str] = "pair_id"

    pair_id: UUID
    request_id: UUID


class AlertRaised(Fact):
    """Something about a pair needs a human of its association."""

    topic: ClassVar[str] = "alert.raised"
    about: ClassVar[str] = "alert_id"

    alert_id: UUID
    association: AssociationCode
    pair_id: UUID | None = None
    reason: Literal["not_going_well", "silent", "not_met", "message_failed"]


class EngagementRenewed(Fact):
    """Both want to go on: a new term of three months begins."""

    topic: ClassVar[str] = "engagement.renewed"
    about: ClassVar[str] = "engagement_id"

    engagement_id: UUID
    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    term: int = Field(ge=2)


class EngagementEnded(Fact):
    """The term is over; the mentor's place is free again, this pair is not made twice."""

    topic: ClassVar[str] = "engagement.ended"
    about: ClassVar[str] = "engagement_id"

    engagement_id: UUID
    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    reason: Literal["completed", "not_going_well", "silent"]


FACTS: dict[str, type[Fact]] = {fact.topic: fact for fact in Fact.__subclasses__()}
"""Every fact by its topic: the closed list of routing keys on `binome.events`."""
