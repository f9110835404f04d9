"""The events that the services tell each other: one frozen model each, with its topic.

An event is a noun and a past participle, carries ids and criteria, and never a name, an
address or a phone. A new version of an event only adds optional fields (`compatibility`).
"""

from shared.contracts.criteria import MenteeCriteria, MentorCriteria
from shared.contracts.events.base import ErasureDone, Event
from shared.contracts.events.followup import (
    AlertRaised,
    CheckInAsked,
    EngagementEnded,
    EngagementRenewed,
    MeetingConfirmed,
)
from shared.contracts.events.matching import (
    AnswerAsked,
    PairConfirmed,
    PairPaused,
    PairProposed,
    PairReleased,
    PairResumed,
    PairUndone,
    RequestExplained,
)
from shared.contracts.events.notification import (
    IntroductionFailed,
    MessageFailed,
    MessageSent,
    PairIntroduced,
)
from shared.contracts.events.registration.clearances import ClearanceAsked, ClearanceChanged
from shared.contracts.events.registration.doubts import (
    DoubtRaised,
    HoldLifted,
    HoldPlaced,
    PersonKeptApart,
)
from shared.contracts.events.registration.guardians import (
    BirthdayReached,
    ConfirmationAsked,
    ConsentAsked,
    ConsentGiven,
    GuardianNamed,
    MinorIntroduced,
)
from shared.contracts.events.registration.people import (
    BirthDateCorrected,
    ContactChanged,
    ContactProved,
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    PersonErased,
    ReachabilityChanged,
    RegistrationRepeated,
)
from shared.contracts.events.registration.requests import (
    RequestConfirmed,
    RequestRouted,
    RequestWithdrawn,
)
from shared.contracts.events.registration.sessions import (
    SessionEnded,
    SessionOpened,
    SessionsListed,
    SignInAsked,
)

__all__ = [
    "EVENTS",
    "AlertRaised",
    "AnswerAsked",
    "BirthDateCorrected",
    "BirthdayReached",
    "CheckInAsked",
    "ClearanceAsked",
    "ClearanceChanged",
    "ConfirmationAsked",
    "ConsentAsked",
    "ConsentGiven",
    "ContactChanged",
    "ContactProved",
    "DoubtRaised",
    "EngagementEnded",
    "EngagementRenewed",
    "ErasureDone",
    "Event",
    "GuardianNamed",
    "HoldLifted",
    "HoldPlaced",
    "IntroductionFailed",
    "MeetingConfirmed",
    "MenteeCriteria",
    "MenteeRegistered",
    "MentorCriteria",
    "MentorLeft",
    "MentorRegistered",
    "MessageFailed",
    "MessageSent",
    "MinorIntroduced",
    "PairConfirmed",
    "PairIntroduced",
    "PairPaused",
    "PairProposed",
    "PairReleased",
    "PairResumed",
    "PairUndone",
    "PersonErased",
    "PersonKeptApart",
    "ReachabilityChanged",
    "RegistrationRepeated",
    "RequestConfirmed",
    "RequestExplained",
    "RequestRouted",
    "RequestWithdrawn",
    "SessionEnded",
    "SessionOpened",
    "SessionsListed",
    "SignInAsked",
]


def _collect_events(kind: type[Event]) -> dict[str, type[Event]]:
    own = {kind.topic: kind} if "topic" in vars(kind) else {}
    for narrower in kind.__subclasses__():
        own |= _collect_events(narrower)
    return own


EVENTS: dict[str, type[Event]] = dict(sorted(_collect_events(Event).items()))
"""Every event by its topic: the closed list of routing keys on `binome.events`."""
