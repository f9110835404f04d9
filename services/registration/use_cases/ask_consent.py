"""A guardian's consent is asked: the link, the reminders and the day on which it is given up."""

from datetime import timedelta
from uuid import UUID

from services.registration.store import Links
from shared.contracts.events import ConsentAsked
from shared.contracts.types import Lang, Side
from shared.persistence.transaction import Transaction

CONSENT_DAYS = 90
"""A registration that no parent confirms is forgotten after three months."""
EXPIRY = "consent_expiry"
REMINDERS = {"consent_reminder_1": 3, "consent_reminder_2": 10}
"""Timers, and the day on which each asks a guardian once more."""


async def open_question(subject: UUID, tx: Transaction) -> None:
    """Let the guardian's link open, and set the days of reminders and the end. `subject`: the
    request; for a mentor the mentor's own id."""
    until = tx.now + timedelta(days=CONSENT_DAYS)
    await Links(tx.connection).keep("consent", subject, tx.fingerprint("consent", subject), until)
    await tx.schedule(EXPIRY, subject, until)
    for timer, day in REMINDERS.items():
        await tx.schedule(timer, subject, tx.now + timedelta(days=day))


async def forget_question(subject: UUID, tx: Transaction) -> None:
    """Nobody is asked for consent, reminded or waited for any more."""
    for timer in (EXPIRY, *REMINDERS):
        await tx.cancel(timer, subject)


def ask_guardian_of_mentor(mentor_id: UUID, lang: Lang, tx: Transaction, reminder: int = 0) -> None:
    """State that the guardian of a mentor is asked."""
    side: Side = "mentor"
    tx.publish(
        ConsentAsked(
            request_id=mentor_id,
            mentee_id=mentor_id,
            side=side,
            minority="under_18",
            lang=lang,
            reminder=reminder,
        )
    )
