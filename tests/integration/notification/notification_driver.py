"""Notification driven step by step, with a registration that has invented people."""

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from pydantic import BaseModel

from services.notification.domain.message import Message
from services.notification.gateways.configured import Gateways, configured_gateways
from services.notification.gateways.mailbox import Mailbox
from services.notification.settings import NotificationSettings
from services.notification.use_cases.reconcile_messages import Reconciler
from services.notification.use_cases.send_due_messages import Sender
from services.notification.use_cases.send_message import MessageSender
from shared.contracts.contact import ContactAsked, ContactGiven
from shared.contracts.events import Event
from tests.integration.notification.mail_server import MailServer
from tests.support.service_harness import ServiceHarness
from tests.support.waiting import until


@dataclass
class Registration:
    """Answers for contacts in place of the real service, and remembers who asked why."""

    people: dict[tuple[str, str], ContactGiven] = field(default_factory=dict)
    asked: list[ContactAsked] = field(default_factory=list)
    refuses: dict[str, Any] = field(default_factory=dict)
    """By purpose: why the contact of the other side is not given."""
    silent: bool = False

    def knows(self, recipient: str, person: object, **contact: Any) -> None:
        self.people[recipient, str(person)] = ContactGiven(found=True, **contact)

    async def call(self, _queue: str, question: BaseModel, _answer: type[BaseModel]) -> BaseModel:
        assert isinstance(question, ContactAsked)
        if self.silent:
            raise TimeoutError
        self.asked.append(question)
        if question.addressee and (refused := self.refuses.get(question.purpose)):
            return ContactGiven(found=False, refused=refused)
        key = question.recipient, question.person
        return self.people.get(key, ContactGiven(found=False))

    call_together = call

    async def close(self) -> None:
        """Nothing is open."""


class NotificationDriver:
    """Drives the notification service: delivers events, lets it send, reads what left."""

    def __init__(
        self, harness: ServiceHarness, registration: Registration, mail: MailServer
    ) -> None:
        self.harness = harness
        self.registration = registration
        self.mail = mail
        harness.runtime.rpc_client = registration  # type: ignore[assignment]  # a stand-in
        assert isinstance(harness.runtime.settings, NotificationSettings)
        self.settings = harness.runtime.settings

    async def deliver(self, *events: Event) -> None:
        for event in events:
            await self.harness.handle(event)

    async def send(self, replace: Gateways | None = None) -> None:
        """Send until nothing is due."""
        async with configured_gateways(self.settings) as gateways:
            dispatch = MessageSender(self.harness.runtime, self.settings, replace or gateways)
            sender = Sender(dispatch, self.settings.notification_parallel)
            while await sender.take():
                await sender.finish()

    async def claim(self) -> list[Message]:
        """Take what is due, as a sender does before it crashes."""
        async with configured_gateways(self.settings) as gateways:
            return await MessageSender(self.harness.runtime, self.settings, gateways).claim(100)

    async def dispatch(self, message: Message) -> None:
        """Go on with a claimed message."""
        async with configured_gateways(self.settings) as gateways:
            await MessageSender(self.harness.runtime, self.settings, gateways).send(message)

    async def reconcile(self, replace: Gateways | None = None) -> int:
        """Settle what was interrupted; returns how many were looked at."""
        async with configured_gateways(self.settings) as gateways:
            reconciler = Reconciler(self.harness.runtime, self.settings, replace or gateways)
            return await reconciler.reconcile_some()

    async def lapse(self) -> None:
        """Let every lease be over."""
        await self.harness.pool.execute(
            "UPDATE messages SET lease_until = now() - interval '1 second' WHERE state = 'sending'"
        )

    async def states(self) -> dict[str, int]:
        rows = await self.harness.pool.fetch(
            "SELECT state, count(*) AS count FROM messages GROUP BY state"
        )
        return {row["state"]: row["count"] for row in rows}

    async def until(self, reached: Callable[[dict[str, int]], bool]) -> None:
        """Wait while workers bring the messages there. Raises TimeoutError."""

        async def is_reached() -> bool:
            return reached(await self.states())

        await until(is_reached)

    async def reasons(self) -> set[str | None]:
        rows = await self.harness.pool.fetch("SELECT reason FROM messages")
        return {row["reason"] for row in rows}

    async def wait_for_pauses(self) -> None:
        """Let every pause be over."""
        await self.harness.pool.execute("UPDATE messages SET not_before = now()")

    async def sms(self) -> list[EmailMessage]:
        """What the local SMS gateway wrote into the mailbox."""
        assert self.settings.mailbox_dir is not None
        mails = await Mailbox(self.settings.mailbox_dir).read_mails()
        return [x for x in mails.values() if x["X-Binome-Channel"] == "sms"]
