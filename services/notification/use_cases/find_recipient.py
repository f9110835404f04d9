"""Whom to write to, asked of registration at the moment of writing and kept nowhere."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import BaseModel

from services.notification.domain.catalogue import INTRODUCTIONS
from services.notification.domain.display_name import display_name
from services.notification.domain.message import Message
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.types import Recipient

Ask = Callable[[str, BaseModel, type[ContactGiven]], Awaitable[ContactGiven]]


class RecipientUnavailable(Exception):
    """Somebody whom a message is for, or about, was erased or cannot be reached: why, in short."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotYet(Exception):
    """Registration has no word yet that the pair stands: to be asked again later."""


@dataclass(frozen=True)
class Counterpart:
    """The other half of a pair, as one side may know them."""

    name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    by_guardian: bool = False
    """The address is a parent's: the young person is under 15."""


@dataclass(frozen=True)
class RecipientContact:
    """Everything of people that one message needs."""

    addressee: ContactGiven = field(repr=False)
    other: Counterpart | None = field(default=None, repr=False)
    by_guardian: bool = False
    """The addressee is written to by their guardian's ways, having none of their own."""


class RecipientFinder:
    """Asks registration, naming the message that it is for."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def of(self, message: Message) -> RecipientContact:
        """Raises RecipientUnavailable, NotYet; one of `errors.TRANSIENT_ERRORS` when registration
        is silent."""
        addressee = await self._ask_registration(message.recipient, message.person, message)
        reached = bool(addressee.email or addressee.phone)
        by_guardian = message.recipient == "mentee" and not reached
        if by_guardian:
            addressee = await self._by_guardian(addressee, message.person, message)
        if message.template not in INTRODUCTIONS:
            return RecipientContact(addressee, by_guardian=by_guardian)
        return RecipientContact(addressee, await self._other(message), by_guardian)

    async def _other(self, message: Message) -> Counterpart:
        if message.recipient == "mentee":
            mentor = await self._ask_registration(
                "mentor", message.facts["mentor_id"], message, message.person
            )
            return Counterpart(display_name(mentor.first_name))
        person = message.facts["mentee_id"]
        mentee = await self._ask_registration("mentee", person, message, message.person)
        unreachable = not (mentee.email or mentee.phone)
        by_guardian = mentee.guarded or (mentee.minor and unreachable)
        if mentee.guarded:
            mentee = await self._by_guardian_or_association(mentee, person, message)
        elif by_guardian:
            mentee = await self._by_guardian(mentee, person, message, message.person)
        if not (mentee.email or mentee.phone):
            raise RecipientUnavailable("other-unreachable")
        return Counterpart(display_name(mentee.first_name), mentee.email, mentee.phone, by_guardian)

    async def _by_guardian_or_association(
        self, mentee: ContactGiven, person: str, message: Message
    ) -> ContactGiven:
        """A child under 15 is never written to by a mentor without an adult: where no guardian is
        known to us, the association brings them together."""
        try:
            return await self._by_guardian(mentee, person, message, message.person)
        except RecipientUnavailable as gone:
            if gone.reason != "guardian-gone":
                raise
        between = await self._ask_registration("coordinator", message.facts["association"], message)
        return mentee.model_copy(update={"email": between.email, "phone": None})

    async def _by_guardian(
        self, mentee: ContactGiven, person: str, message: Message, addressee: str | None = None
    ) -> ContactGiven:
        """The young person with the ways to the guardian instead of their own."""
        if not mentee.minor and not mentee.guarded:
            return mentee
        guardian = await self._ask_registration("guardian", person, message, addressee)
        ways = {
            "email": guardian.email,
            "phone": guardian.phone,
            "unproved": guardian.unproved,
        }
        return mentee.model_copy(update=ways)

    async def _ask_registration(
        self, recipient: Recipient, person: str, message: Message, addressee: str | None = None
    ) -> ContactGiven:
        """`addressee`: the other half of the pair, when the message is not to `person`."""
        question = ContactAsked(
            recipient=recipient,
            person=person,
            purpose=message.template,
            addressee=UUID(addressee) if addressee else None,
            pair_id=message.concerns if addressee else None,
        )
        given = await self._ask(CONTACT_QUEUE, question, ContactGiven)
        if given.refused == "not_yet":
            raise NotYet
        if not given.found:
            raise RecipientUnavailable(f"{recipient}-{(given.refused or 'gone').replace('_', '-')}")
        return given
