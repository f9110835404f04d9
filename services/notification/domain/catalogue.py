"""The messages that exist, and where the button of each leads. Their words are in `templates/`."""

from dataclasses import dataclass

from services.notification.domain.message import Message


@dataclass(frozen=True)
class Link:
    """A link for one person without an account, by its purpose."""

    purpose: str


@dataclass(frozen=True)
class Page:
    """A page that people sign in to: the service and the path."""

    service: str
    path: str


OWN_PAGE = Link("request")
_OWN_PAGE = OWN_PAGE
_GUARDIANS_PAGE = Link("parent")
_CHECK_IN = Link("checkin")
_PROPOSITION = Link("proposition")

CATALOGUE: dict[str, Link | Page] = {
    "mentee_registered": _OWN_PAGE,
    "mentor_registered": _OWN_PAGE,
    "registration_repeated": _OWN_PAGE,
    "consent_asked": Link("consent"),
    "consent_reminder": Link("consent"),
    "consent_given": _GUARDIANS_PAGE,
    "guardian_informed": _GUARDIANS_PAGE,
    "minor_introduced": _GUARDIANS_PAGE,
    "guardian_to_confirm": Page("registration", "/associations"),
    "birthday_reached": _OWN_PAGE,
    "birth_date_corrected": _OWN_PAGE,
    "request_routed": Page("registration", "/associations"),
    "clearance_asked": Page("registration", "/associations/mentors"),
    "contact_changed": Link("contact"),
    "doubt_raised": Page("registration", "/associations/doublons"),
    "request_confirmed": _OWN_PAGE,
    "request_withdrawn": Page("registration", "/associations"),
    "request_stopped": _OWN_PAGE,
    "consent_withdrawn": _GUARDIANS_PAGE,
    "contact_ended": _OWN_PAGE,
    "signin_link": Link("signin"),
    "proposition_asked": _PROPOSITION,
    "proposition_reminder": _PROPOSITION,
    "proposition_over": _OWN_PAGE,
    "pair_undone": _OWN_PAGE,
    "pair_introduced_mentee": _OWN_PAGE,
    "pair_introduced_mentor": _OWN_PAGE,
    "checkin_first_meeting": _CHECK_IN,
    "checkin_month": _CHECK_IN,
    "checkin_renewal": _CHECK_IN,
    "pair_paused": _OWN_PAGE,
    "alert_raised": Page("followup", "/coordination"),
    "engagement_renewed": _OWN_PAGE,
    "engagement_ended": _OWN_PAGE,
}
INTRODUCTIONS = ("pair_introduced_mentee", "pair_introduced_mentor")


def subject_of(link: Link, message: Message) -> str:
    """The id that a link is made of; one's own page goes by mentor, or by request, a guardian's
    by the young person."""
    if link == _GUARDIANS_PAGE:
        return message.person
    if link != _OWN_PAGE:
        return str(message.concerns)
    if message.recipient == "mentor":
        return message.person
    return message.facts.get("request_id", str(message.concerns))
