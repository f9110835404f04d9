"""Messages and contacts to write out in tests. All people are invented."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from services.notification.domain.message import Message
from services.notification.use_cases.find_recipient import Counterpart, RecipientContact
from services.notification.use_cases.render_message import MessageRenderer
from shared.contracts.contact import ContactGiven
from shared.contracts.types import Lang, Recipient
from shared.web.signed_links import LinkSigner

AT = datetime(2026, 1, 10, 9, tzinfo=UTC)
BASE = "https://binome.example"
BASES = dict.fromkeys(("registration", "matching", "notification", "followup"), BASE)
LINKS = LinkSigner("only-for-tests-" * 4, BASES)
WRITER = MessageRenderer(LINKS, BASES)

SIDES: dict[str, tuple[Recipient, ...]] = {
    "mentee_registered": ("mentee",),
    "mentor_registered": ("mentor",),
    "registration_repeated": ("mentee", "mentor"),
    "consent_asked": ("guardian",),
    "consent_reminder": ("guardian",),
    "consent_given": ("guardian",),
    "guardian_informed": ("guardian",),
    "minor_introduced": ("guardian",),
    "guardian_to_confirm": ("coordinator",),
    "birthday_reached": ("mentee", "mentor"),
    "birth_date_corrected": ("mentee", "mentor"),
    "request_routed": ("coordinator",),
    "doubt_raised": ("coordinator",),
    "clearance_asked": ("coordinator",),
    "pair_paused": ("mentee", "mentor"),
    "contact_changed": ("mentee", "mentor", "guardian"),
    "request_confirmed": ("mentee",),
    "request_withdrawn": ("coordinator",),
    "request_stopped": ("mentee",),
    "consent_withdrawn": ("guardian",),
    "contact_ended": ("mentor",),
    "signin_link": ("coordinator",),
    "pair_introduced_mentee": ("mentee",),
    "pair_introduced_mentor": ("mentor",),
    "proposition_asked": ("mentee", "mentor"),
    "proposition_reminder": ("mentee", "mentor"),
    "proposition_over": ("mentee", "mentor"),
    "pair_undone": ("mentee", "mentor"),
    "checkin_first_meeting": ("mentee", "mentor"),
    "checkin_month": ("mentee", "mentor"),
    "checkin_renewal": ("mentee", "mentor"),
    "alert_raised": ("coordinator",),
    "engagement_renewed": ("mentee", "mentor"),
    "engagement_ended": ("mentee", "mentor"),
}
REASONS = (
    "",
    "completed",
    "not_going_well",
    "silent",
    "not_met",
    "message_failed",
    "consent_withdrawn",
    "withdrawn",
    "not_introduced",
    "clearance_ended",
    "guardian_first",
    "same_contact",
    "claimed",
    "ending",
    "overdue",
    "expired",
    "paused",
    "resumed",
)


def message(template: str, recipient: Recipient, lang: Lang = "fr", **facts: str) -> Message:
    return Message(
        id=uuid4(),
        template=template,
        recipient=recipient,
        person=str(uuid4()),
        concerns=uuid4(),
        lang=lang,
        facts=facts,
        claim=1,
        setbacks=0,
        channel=None,
        spent=(),
        handed_at=None,
        cause_id=uuid4(),
        correlation_id=uuid4(),
        intended_at=AT,
    )


def contact(
    first_name: str = "Inès", other: Counterpart | None = None, **more: Any
) -> RecipientContact:
    given = ContactGiven(
        found=True, first_name=first_name, email="a@exemple.example", phone="+33639980001", **more
    )
    return RecipientContact(given, other)
