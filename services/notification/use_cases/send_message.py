"""One message from its claim to its result: ask whom, write, hand over, send, record."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

import structlog

from services.notification.domain.backoff import pause_for_pair
from services.notification.domain.channel import next_channel
from services.notification.domain.message import Message
from services.notification.domain.outgoing_message import OutgoingMessage, UnsafeHeader
from services.notification.gateways.configured import Gateways
from services.notification.gateways.message_gateway import (
    Accepted,
    Rejected,
    SendResult,
    TemporaryFailure,
    Unknown,
)
from services.notification.settings import NotificationSettings
from services.notification.store import HeldMessages, Messages
from services.notification.use_cases.apply_quotas import FOLDED_AT_ONCE, Quotas, Wait
from services.notification.use_cases.find_recipient import (
    NotYet,
    RecipientContact,
    RecipientFinder,
    RecipientUnavailable,
)
from services.notification.use_cases.message_context import message_context
from services.notification.use_cases.record_result import ResultRecorder
from services.notification.use_cases.render_message import MessageRenderer
from shared.contracts.types import Channel
from shared.messaging.envelope import InvalidMessage
from shared.persistence.batch import lock_in_batch
from shared.persistence.group_commit import GroupCommit
from shared.persistence.transaction import Transaction
from shared.service.definition import WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields

SILENCE = timedelta(seconds=1)
"""Pause when registration does not answer: no fault of the message, so it is not counted."""
AT_ONCE = timedelta()
ONE_DAY = timedelta(days=1)
RECORD_PAUSE_SECONDS = 0.5

log = structlog.get_logger()


@dataclass(frozen=True)
class SendAttempt:
    """One message, its people and the channel now tried."""

    message: Message
    contact: RecipientContact
    channel: Channel
    folded: tuple[Message, ...] = ()
    """Others to the same address, which leave as part of this one."""

    @property
    def other_way(self) -> Channel | None:
        """The channel that is left when this one refuses."""
        return _way(self.contact, (*self.message.spent, self.channel))


class MessageSender:
    """Sends claimed messages, any number at a time."""

    def __init__(
        self, runtime: WorkerContext, settings: NotificationSettings, gateways: Gateways
    ) -> None:
        self._runtime = runtime
        self._settings = settings
        self._gateways = gateways
        self._contacts = RecipientFinder(runtime.call_together)
        self._quotas = Quotas(settings, runtime.limit_keys)
        self._admissions = GroupCommit(runtime.transactions)
        self._handovers = GroupCommit(runtime.transactions)
        self._writer = MessageRenderer(runtime.links, runtime.bases)
        self.results = ResultRecorder(runtime, settings)
        self._lease = timedelta(seconds=settings.notification_lease)
        self._spare_seconds = settings.notification_lease - settings.notification_send_timeout

    async def claim(self, limit: int) -> list[Message]:
        """Up to `limit` messages that are now ours."""
        async with self._runtime.pool.acquire() as connection, connection.transaction():
            return await Messages(connection).claim(limit, self._lease)

    async def send(self, message: Message) -> None:
        """Bring one message to a result, or leave it to those who look for interrupted ones."""
        with message_context(message):
            try:
                await self._send(message)
            except Exception as error:  # noqa: BLE001 - the message stays leased, and is settled once that is over
                log.warning("message.left", **error_fields(error))

    async def _send(self, message: Message) -> None:
        try:
            contact = await self._contacts.of(message)
        except RecipientUnavailable as gone:
            await self.results.record_failed(message, "mail", "permanent-failure", gone.reason)
        except NotYet:
            await self._wait_for_pair(message)
        except TRANSIENT_ERRORS as error:
            log.warning("contact.unanswered", **error_fields(error))
            await self._put_back(message, SILENCE)
        except InvalidMessage:
            await self.results.later(message, "mail", "contact-unreadable")
        else:
            await self._send_to(message, contact)

    async def _send_to(self, message: Message, contact: RecipientContact) -> None:
        channel = _way(contact, message.spent)
        if channel is None:
            await self.results.record_failed(message, "mail", "permanent-failure", "no-address")
            return
        attempt = await self._admit(SendAttempt(message, contact, channel))
        if attempt is None:
            return
        outgoing = await self._render(attempt)
        if outgoing is None or not await self._mark_submitted(attempt):
            return
        outcome = await self._gateways[channel].send(outgoing)
        await self._until_recorded(lambda: self._record(attempt, outcome))

    async def _admit(self, attempt: SendAttempt) -> SendAttempt | None:
        """The attempt once it has its place in all limits; None when it has to wait for one."""
        message, channel = attempt.message, attempt.channel
        if message.admitted == channel:
            return attempt
        return await self._admissions.run(partial(self._admit_in, attempt))

    async def _admit_in(self, attempt: SendAttempt, tx: Transaction) -> SendAttempt | None:
        message, channel = attempt.message, attempt.channel
        key = self._quotas.address_key(message, attempt.contact, channel)
        held_messages = HeldMessages(tx.connection)
        if key is not None:
            await lock_in_batch(tx.connection, [key])
        if not await held_messages.admit(message, channel, key):
            return None
        if wait := await self._quotas.use(message, attempt.contact, channel, tx):
            await held_messages.hold(message, wait.reason, *self._pauses(wait))
            log.info("message.held", channel=channel, reason=wait.reason)
            return None
        if key is None:
            return attempt
        folded = await held_messages.fold(message, key, self._lease, FOLDED_AT_ONCE[channel])
        return replace(attempt, folded=tuple(folded))

    def _pauses(self, wait: Wait) -> tuple[timedelta, timedelta]:
        """Real time until its turn, and until a day later."""
        clock = self._runtime.clock
        due = clock.real_seconds(wait.until), clock.real_seconds(wait.until + ONE_DAY)
        return timedelta(seconds=due[0]), timedelta(seconds=due[1])

    async def _render(self, attempt: SendAttempt) -> OutgoingMessage | None:
        now = self._runtime.clock.now()
        try:
            return self._writer.write(
                attempt.message, attempt.contact, attempt.channel, now, attempt.folded
            )
        except UnsafeHeader:
            await self._record(attempt, Rejected("unsafe-address"))
        except Exception as error:  # noqa: BLE001 - a template at fault must not stop the others
            log.error("message.unwritten", **error_fields(error))
            await self._record(attempt, TemporaryFailure("unwritten"))
        return None

    async def _mark_submitted(self, attempt: SendAttempt) -> bool:
        begun = monotonic()
        ours = await self._handovers.run(
            lambda tx: Messages(tx.connection).hand_over(
                attempt.message, attempt.channel, self._lease
            )
        )
        if monotonic() - begun < self._spare_seconds:
            return ours
        # Sending must be over before the lease is: a process that was stopped wakes up here.
        await self._put_back(attempt.message, AT_ONCE)
        return False

    async def _record(self, attempt: SendAttempt, outcome: SendResult) -> None:
        message, channel = attempt.message, attempt.channel
        await self._record_folded(attempt, outcome)
        match outcome:
            case Accepted(reference):
                await self.results.record_delivered(message, channel, reference)
            case Rejected(reason) if attempt.other_way:
                await self.results.other_channel(message, channel, reason)
            case Rejected(reason):
                await self.results.record_failed(
                    message, channel, "permanent-failure", reason, bounced=True
                )
            case TemporaryFailure(reason):
                await self.results.later(message, channel, reason)
            case Unknown(reason):
                # The lease runs on: until it is over, "absent" would not be a sure answer.
                log.warning("message.unsure", channel=channel, reason=reason)

    async def _record_folded(self, attempt: SendAttempt, outcome: SendResult) -> None:
        """What left with it has left; else each waits for a turn of its own."""
        for other in attempt.folded:
            with message_context(other):
                if isinstance(outcome, Accepted):
                    await self.results.record_delivered(other, attempt.channel, outcome.reference)
                else:
                    await self._put_back(other, AT_ONCE)

    async def _put_back(self, message: Message, wait: timedelta) -> None:
        async with self._runtime.begin() as tx:
            await Messages(tx.connection).put_back(message, wait)

    async def _wait_for_pair(self, message: Message) -> None:
        """Its turn will come, which is no setback; where it does not, a human is told."""
        now = datetime.now(UTC)
        wait = pause_for_pair(now - (message.waiting_since or now))
        if wait is None:
            await self.results.record_failed(message, "mail", "technical-failure", "pair-unknown")
            return
        async with self._runtime.begin() as tx:
            await Messages(tx.connection).wait_for_pair(message, wait)

    async def _until_recorded(self, record: Callable[[], Awaitable[None]]) -> None:
        """A result is worth waiting for the database, as long as the lease holds."""
        until = monotonic() + self._settings.notification_lease
        while True:
            try:
                await record()
            except TRANSIENT_ERRORS:
                if monotonic() > until:
                    raise
                await asyncio.sleep(RECORD_PAUSE_SECONDS)
            else:
                return


def _way(contact: RecipientContact, spent: tuple[Channel, ...]) -> Channel | None:
    return next_channel(contact.addressee.email, contact.addressee.phone, spent)
