"""About people: thanked, signed in, told of a changed contact, erased."""

from services.notification.domain.intent import MessageIntent
from services.notification.store import Erasures, HeldMessages
from services.notification.use_cases.enqueue_message import enqueue_message
from shared.contracts.events import (
    ContactChanged,
    ContactProved,
    ErasureDone,
    MenteeRegistered,
    MentorRegistered,
    PersonErased,
    RegistrationRepeated,
    SignInAsked,
)
from shared.messaging.handlers import handle_together
from shared.persistence.transaction import Transaction


@handle_together(lambda event: [event.request_id])
async def acknowledge_mentee(event: MenteeRegistered, tx: Transaction) -> None:
    """At once: it arrived, here is where to follow it, and what comes next."""
    intent = MessageIntent(
        "mentee_registered", "mentee", str(event.mentee_id), event.request_id, event.lang,
        {"awaits": "consent"} if event.awaits_consent else {}, request_id=event.request_id,
    )  # fmt: skip
    await enqueue_message(tx, intent)


@handle_together(lambda event: [event.mentor_id])
async def thank_mentor(event: MentorRegistered, tx: Transaction) -> None:
    """At once: it arrived, and what comes next."""
    facts = {"association": event.association} if event.association else {}
    if event.awaits_guardian:
        facts["awaits"] = "guardian"
    intent = MessageIntent(
        "mentor_registered", "mentor", str(event.mentor_id), event.mentor_id, event.lang,
        facts=facts,
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def send_link_again(event: RegistrationRepeated, tx: Transaction) -> None:
    """At most once a day, however often a form is sent with this person's address."""
    intent = MessageIntent(
        "registration_repeated", event.side, str(event.person_id), event.request_id, event.lang,
        once_per=tx.now.date().isoformat(), request_id=event.request_id,
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def tell_old_address(event: ContactChanged, tx: Transaction) -> None:
    """To the address that is no longer in force, or soon will not be; it may say no."""
    intent = MessageIntent(
        "contact_changed", event.recipient, str(event.change_id), event.change_id,
        facts={"reason": "waits" if event.waits else "done"},
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def release_messages(event: ContactProved, tx: Transaction) -> None:
    """What waited because anybody may have typed that address need not wait any longer."""
    await HeldMessages(tx.connection).release(str(event.person_id), event.recipient)


async def send_sign_in(event: SignInAsked, tx: Transaction) -> None:
    """The link that a person of an association asked for, to their own address."""
    if event.user_id is None:
        return
    intent = MessageIntent(
        "signin_link", "coordinator", str(event.user_id), event.signin_id, event.lang,
        facts={"association": event.association},
    )  # fmt: skip
    await enqueue_message(tx, intent)


async def erase(event: PersonErased, tx: Transaction) -> None:
    """What is not yet sent to this person or about their pairs is not sent; no row names them."""
    await Erasures(tx.connection).erase(event.person_id, tx.now)
    tx.publish(ErasureDone(person_id=event.person_id, service="notification"))
