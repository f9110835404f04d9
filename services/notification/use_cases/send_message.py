"""One message from its claim to its result: ask whom, write, hand over, send, record."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog

from services.notification.domain.backoff import pause_for_pair
from services.notification.domain.channel import next_channel
from services.notification.domain.message import Channel, Message
from services.notification.domain.outgoing_message import Parcel, UnsafeHeader
from services.notification.gateways.configured import Carriers
from services.notification.gateways.message_gateway import Later, Outcome, Refused, Taken, Unsure
from services.notification.settings import NotificationSettings
from services.notification.store import HeldMessages, Messages
from services.notification.use_cases.apply_quotas import FOLDED_AT_ONCE, Quotas, Wait
from services.notification.use_cases.find_recipient import Contact, Contacts, Gone, NotYet
from services.notification.use_cases.message_context import story_of
from services.notification.use_cases.record_result import Results
from services.notification.use_cases.render_message import Writer
from shared.messaging.envelope import Unreadable
from shared.service.errors import UNREACHABLE, described
from shared.service.process import Runtime

SILENCE = timedelta(seconds=1)
"""Pause when registration does not answer: no fault of the message, so it is not counted."""
AT_ONCE = timedelta()
ONE_DAY = timedelta(days=1)
RECORD_PAUSE_SECONDS = 0.5

log = structlog.get_logger()


@dataclass(frozen=True)
class Attempt:
    """One message, its people and the channel now tried."""

    message: Message
    contact: Contact
    channel: Channel
    folded: tuple[Message, ...] = ()
    """Others to the same address, which leave as part of this one."""

    @property
    def other_way(self) -> Channel | None:
        """The channel that is left when this one refuses."""
        return _way(self.contact, (*self.message.spent, self.channel))


class Dispatch:
    """Sends claimed messages, any number at a time."""

    def __init__(
        self, runtime: Runtime, settings: NotificationSettings, carriers: Carriers
    ) -> None:
        self._runtime = runtime
        self._settings = settings
        self._carriers = carriers
        self._contacts = Contacts(runtime.ask)
        self._quotas = Quotas(settings, runtime.limit_keys)
        self._writer = Writer(runtime.links, runtime.bases)
        self.results = Results(runtime, settings)
        self._lease = timedelta(seconds=settings.notification_lease)
        self._spare_seconds = settings.notification_lease - settings.notification_send_timeout

    async def claim(self, limit: int) -> list[Message]:
        """Up to `limit` messages that are now ours."""
        async with self._runtime.pool.acquire() as connection, connection.transaction():
            return await Messages(connection).claim(limit, self._lease)

    async def send(self, message: Message) -> None:
        """Bring one message to a result, or leave it to those who look for interrupted ones."""
        with story_of(message):
            try:
                await self._send(message)
            except Exception as error:  # it stays held; once its lease is over it is settled
                log.warning("message.left", **described(error))

    async def _send(self, message: Message) -> None:
        try:
            contact = await self._contacts.of(message)
        except Gone as gone:
            await self.results.failed(message, "mail", "permanent-failure", gone.reason)
        except NotYet:
            await self._wait_for_pair(message)
        except UNREACHABLE as error:
            log.warning("contact.unanswered", **described(error))
            await self._put_back(message, SILENCE)
        except Unreadable:
            await self.results.later(message, "mail", "contact-unreadable")
        else:
            await self._send_to(message, contact)

    async def _send_to(self, message: Message, contact: Contact) -> None:
        channel = _way(contact, message.spent)
        if channel is None:
            await self.results.failed(message, "mail", "permanent-failure", "no-address")
            return
        attempt = await self._admitted(Attempt(message, contact, channel))
        if attempt is None:
            return
        parcel = await self._written(attempt)
        if parcel is None or not await self._handed_over(attempt):
            return
        outcome = await self._carriers[channel].send(parcel)
        await self._until_recorded(lambda: self._record(attempt, outcome))

    async def _admitted(self, attempt: Attempt) -> Attempt | None:
        """The attempt once it has its place in all limits; None when it has to wait for one."""
        message, channel = attempt.message, attempt.channel
        if message.admitted == channel:
            return attempt
        key = self._quotas.address_key(message, attempt.contact, channel)
        async with self._runtime.begin() as tx:
            held = HeldMessages(tx.connection)
            if not await held.admit(message, channel, key):
                return None
            if wait := await self._quotas.use(message, attempt.contact, channel, tx):
                await held.hold(message, wait.reason, *self._pauses(wait))
                log.info("message.held", channel=channel, reason=wait.reason)
                return None
            if key is None:
                return attempt
            folded = await held.fold(message, key, self._lease, FOLDED_AT_ONCE[channel])
        return replace(attempt, folded=tuple(folded))

    def _pauses(self, wait: Wait) -> tuple[timedelta, timedelta]:
        """Real time until its turn, and until a day later."""
        clock = self._runtime.clock
        due = clock.real_seconds(wait.until), clock.real_seconds(wait.until + ONE_DAY)
        return timedelta(seconds=due[0]), timedelta(seconds=due[1])

    async def _written(self, attempt: Attempt) -> Parcel | None:
        now = self._runtime.clock.now()
        try:
            return self._writer.write(
                attempt.message, attempt.contact, attempt.channel, now, attempt.folded
            )
        except UnsafeHeader:
            await self._record(attempt, Refused("unsafe-address"))
        except Exception as error:  # a template at fault must not stop the others
            log.error("message.unwritten", **described(error))
            await self._record(attempt, Later("unwritten"))
        return None

    async def _handed_over(self, attempt: Attempt) -> bool:
        async with self._runtime.begin() as tx:
            begun = monotonic()
            messages = Messages(tx.connection)
            ours = await messages.hand_over(attempt.message, attempt.channel, self._lease)
        if monotonic() - begun < self._spare_seconds:
            return ours
        # Sending must be over before the lease is: a process that was stopped wakes up here.
        await self._put_back(attempt.message, AT_ONCE)
        return False

    async def _record(self, attempt: Attempt, outcome: Outcome) -> None:
        message, channel = attempt.message, attempt.channel
        await self._record_folded(attempt, outcome)
        match outcome:
            case Taken(reference):
                await self.results.delivered(message, channel, reference)
            case Refused(reason) if attempt.other_way:
                await self.results.other_channel(message, channel, reason)
            case Refused(reason):
                await self.results.failed(
                    message, channel, "permanent-failure", reason, bounced=True
                )
            case Later(reason):
                await self.results.later(message, channel, reason)
            case Unsure(reason):
                # The lease runs on: until it is over, "absent" would not be a sure answer.
                log.warning("message.unsure", channel=channel, reason=reason)

    async def _record_folded(self, attempt: Attempt, outcome: Outcome) -> None:
        """What left with it has left; else each waits for a turn of its own."""
        for other in attempt.folded:
            with story_of(other):
                if isinstance(outcome, Taken):
                    await self.results.delivered(other, attempt.channel, outcome.reference)
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
            await self.results.failed(message, "mail", "technical-failure", "pair-unknown")
            return
        async with self._runtime.begin() as tx:
            await Messages(tx.connection).wait_for_pair(message, wait)

    async def _until_recorded(self, record: Callable[[], Awaitable[None]]) -> None:
        """A result is worth waiting for the database, as long as the lease holds."""
        until = monotonic() + self._settings.notification_lease
        while True:
            try:
                await record()
            except UNREACHABLE:
                if monotonic() > until:
                    raise
                await asyncio.sleep(RECORD_PAUSE_SECONDS)
            else:
                return


def _way(contact: Contact, spent: tuple[Channel, ...]) -> Channel | None:
    return next_channel(contact.addressee.email, contact.addressee.phone, spent)
