"""Whether a message may leave now: limits of its address, of its number's block, of a day's SMS.

An address is known here at the moment of sending only; what is kept of it is a keyed hash.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from services.notification.domain.message import Message
from services.notification.domain.quota import cause_of, follows_guardian, next_sms_day
from services.notification.settings import NotificationSettings
from services.notification.store import SmsDays
from services.notification.store.holding import HeldFor
from services.notification.use_cases.find_recipient import RecipientContact
from shared.contracts.addresses import number_block, plain_mail
from shared.contracts.types import PARIS, Channel
from shared.persistence.batch import lock_in_batch
from shared.persistence.limits import DAY, HOUR, Limit, LimitKeys, Use, use_limits
from shared.persistence.transaction import Transaction

YEAR = 365 * DAY
FOLDED_AT_ONCE: dict[Channel, int] = {"mail": 20, "sms": 2}
"""How many waiting messages one message takes along; each adds a link to an SMS."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Wait:
    """Not now: why, and until when by the business clock."""

    reason: HeldFor
    until: datetime


class Quotas:
    """Counts messages as they are about to leave. Coordinators' functional addresses have none."""

    def __init__(self, settings: NotificationSettings, keys: LimitKeys) -> None:
        self._settings = settings
        self._keys = keys

    async def use(
        self, message: Message, contact: RecipientContact, channel: Channel, tx: Transaction
    ) -> Wait | None:
        """Give a message its place in all limits that hold for it, or in none: then it waits."""
        guarded = contact.addressee.guarded
        if follows_guardian(message, contact.by_guardian, guarded, tx.now):
            return Wait("limit", tx.now + timedelta(days=1))
        if channel == "sms":
            # One after the other: an SMS that is given back is the next one's.
            await lock_in_batch(tx.connection, [("sms_day", _day(tx))])
        if channel == "sms" and not await self._take_sms(tx):
            return Wait("sms_cap", next_sms_day(tx.now))
        free_at = await use_limits(tx.connection, self._uses(message, contact, channel), tx.now)
        if free_at is None:
            return None
        if channel == "sms":
            await SmsDays(tx.connection).give_back(_day(tx))
        return Wait("limit", free_at)

    def address_key(
        self, message: Message, contact: RecipientContact, channel: Channel
    ) -> bytes | None:
        """By what messages about registrations to one address find each other; else None."""
        if cause_of(message.template, message.facts) != "registration":
            return None
        return self._keys.key(channel, _address(contact, channel))

    async def _take_sms(self, tx: Transaction) -> bool:
        cap, days = self._settings.sms_daily_cap, SmsDays(tx.connection)
        if await days.take(_day(tx), cap):
            return True
        if await days.note_reached(_day(tx), tx.now):
            log.warning("sms.cap_reached", count=cap)
        return False

    def _uses(self, message: Message, contact: RecipientContact, channel: Channel) -> list[Use]:
        if message.recipient == "coordinator":
            return []
        address = _address(contact, channel)
        uses = [self._keys.use(limit, channel, address) for limit in self._limits(message, contact)]
        if channel == "sms":
            block = Limit("sms_block", self._settings.limit_sms_per_prefix, HOUR)
            uses.append(self._keys.use(block, "block", number_block(address)))
        return uses

    def _limits(self, message: Message, contact: RecipientContact) -> list[Limit]:
        settings = self._settings
        match cause_of(message.template, message.facts):
            case "registration" if contact.addressee.unproved:
                return [
                    Limit("unproved_day", settings.limit_unproved_per_day, DAY),
                    Limit("unproved_all", settings.limit_unproved_in_all, YEAR),
                ]
            case "registration":
                return [Limit("registrations_day", settings.limit_registrations_per_day, DAY)]
            case "reminder":
                return [Limit("reminders_day", settings.limit_reminders_per_day, DAY)]
            case "change":
                return [Limit("changes_day", settings.limit_changes_per_day, DAY)]
            case "request":
                return [Limit("requests_day", settings.limit_requests_per_day, DAY)]


def _address(contact: RecipientContact, channel: Channel) -> str:
    if channel == "sms":
        return contact.addressee.phone or ""
    return plain_mail(contact.addressee.email or "")


def _day(tx: Transaction) -> date:
    return tx.now.astimezone(PARIS).date()
