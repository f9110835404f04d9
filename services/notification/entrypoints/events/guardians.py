"""What guardians of minors are told and asked, and associations about them."""

from services.notification.domain.intent import MessageIntent
from services.notification.use_cases.enqueue_message import enqueue_message
from shared.contracts.events import (
    BirthDateCorrected,
    BirthdayReached,
    ConfirmationAsked,
    ConsentAsked,
    ConsentGiven,
    GuardianNamed,
    MinorIntroduced,
)
from shared.persistence.transaction import Transaction


async def ask_guardian(event: ConsentAsked, tx: Transaction) -> None:
    """A guardian is asked before anything else happens, and once more on two later days."""
    intent = MessageIntent(
        "consent_reminder" if event.reminder else "consent_asked",
        "guardian",
        str(event.mentee_id),
        event.request_id,
        event.lang,
        facts={"child_side": event.side, "minority": event.minority or ""},
        once_per=f"{event.request_id}:{event.reminder}" if event.reminder else "",
        request_id=event.request_id if event.side == "mentee" else None,
    )
    await enqueue_message(tx, intent)


async def confirm_consent(event: ConsentGiven, tx: Transaction) -> None:
    """A message to keep, with the page on which consent is withdrawn."""
    person, request = str(event.mentee_id), event.request_id
    of_request = request if event.side == "mentee" else None
    facts = {"child_side": event.side}
    intent = MessageIntent(
        "consent_given", "guardian", person, request, event.lang, facts, request_id=of_request
    )
    await enqueue_message(tx, intent)


async def tell_guardian(event: GuardianNamed, tx: Transaction) -> None:
    """What a minor of 15 to 17 asks for or offers, and how to object."""
    person, subject = str(event.person_id), event.subject_id
    facts = {"child_side": event.side}
    request = subject if event.side == "mentee" else None
    intent = MessageIntent(
        "guardian_informed", "guardian", person, subject, event.lang, facts, request_id=request
    )
    await enqueue_message(tx, intent)


async def tell_of_introduction(event: MinorIntroduced, tx: Transaction) -> None:
    """The guardian knows when there is a mentor."""
    intent = MessageIntent(
        "minor_introduced",
        "guardian",
        str(event.mentee_id),
        event.pair_id,
        event.lang,
        request_id=event.request_id,
        pair_id=event.pair_id,
    )
    await enqueue_message(tx, intent)


async def ask_association(event: ConfirmationAsked, tx: Transaction) -> None:
    """At most one mail, and one reminder, per association and day: its page shows all."""
    facts = {"kind": event.kind, "child_side": event.side} | (
        {"reminder": "yes"} if event.reminder else {}
    )
    once_per = f"{event.asked_on.isoformat()}:{event.reminder}"
    intent = MessageIntent(
        "guardian_to_confirm",
        "coordinator",
        event.association,
        event.subject_id,
        facts=facts,
        once_per=once_per,
    )
    await enqueue_message(tx, intent)


async def tell_of_birth_date(event: BirthDateCorrected, tx: Transaction) -> None:
    """Whoever did not ask for the correction has a message at their own address."""
    intent = MessageIntent(
        "birth_date_corrected",
        event.side,
        str(event.person_id),
        event.subject_id,
        event.lang,
        {"request_id": str(event.subject_id)},
    )
    await enqueue_message(tx, intent)


async def congratulate(event: BirthdayReached, tx: Transaction) -> None:
    """What changes for somebody who is 15 or 18 today."""
    facts = {"age": str(event.age), "request_id": str(event.subject_id)}
    intent = MessageIntent(
        "birthday_reached",
        event.side,
        str(event.person_id),
        event.subject_id,
        event.lang,
        facts,
        once_per=f"{event.person_id}:{event.age}",
    )
    await enqueue_message(tx, intent)
