"""Recording what became of a message: its row and the events about it in one transaction."""

import logging
import random
from datetime import timedelta
from functools import cache, partial
from typing import Any

import structlog
from prometheus_client import Counter

from services.notification.domain.backoff import delay
from services.notification.domain.catalogue import CATALOGUE, INTRODUCTIONS, OWN_PAGE
from services.notification.domain.message import FinalFailure, Message
from services.notification.domain.quota import cause_of
from services.notification.domain.responsible import responsible_association
from services.notification.settings import NotificationSettings
from services.notification.store import HeldMessages, Messages
from services.notification.use_cases.introduce_pair import fail_introduction, go_on
from shared.contracts.events import MessageFailed, MessageSent
from shared.contracts.types import Channel
from shared.persistence.group_commit import GroupCommit
from shared.persistence.transaction import Transaction
from shared.service.definition import WorkerContext
from shared.service.metrics import Metrics

log = structlog.get_logger()


class ResultRecorder:
    """Writes results. Each returns false when the claim was lost: then another has written one."""

    def __init__(self, runtime: WorkerContext, settings: NotificationSettings) -> None:
        self._runtime = runtime
        self._settings = settings
        self._counted = delivery_counter(runtime.metrics)
        self._commits = GroupCommit(runtime.transactions)

    async def record_delivered(
        self, message: Message, channel: Channel, reference: str = ""
    ) -> bool:
        """It left. After the mentor's introduction comes the other, which introduces the pair."""
        ours = await self._commits.run(partial(_record_delivered, message, channel, reference))
        return self._log(ours, message, channel, "delivered")

    async def record_failed(
        self,
        message: Message,
        channel: Channel,
        state: FinalFailure,
        reason: str,
        *,
        bounced: bool = False,
    ) -> bool:
        """It will not leave, or nobody can know: a human is told. `bounced`: this channel refused
        the address for good."""
        async with self._runtime.begin() as tx:
            ours = await Messages(tx.connection).settle(message, state, tx.now, reason)
            if ours:
                refused = (*message.spent, channel) if bounced else message.spent
                tx.publish(_failure(message, channel, state, refused))
            if ours and message.template in INTRODUCTIONS and state != "unknown":
                await fail_introduction(message, reason, tx)
        return self._log(ours, message, channel, state, reason)

    async def later(self, message: Message, channel: Channel, reason: str) -> bool:
        """Not this time: again after a growing pause, until it is enough."""
        settings = self._settings
        first, limit = settings.notification_retry_first, settings.notification_retry_limit
        wait = delay(message.setbacks + 1, first, limit)
        if wait is None:
            return await self.record_failed(message, channel, "technical-failure", reason)
        spread = timedelta(seconds=wait * random.uniform(1.0, 1.3))
        async with self._runtime.begin() as tx:
            ours = await Messages(tx.connection).try_later(message, spread, reason)
        return self._log(ours, message, channel, "temporary-failure", reason)

    async def other_channel(self, message: Message, spent: Channel, reason: str) -> bool:
        """Refused for good by one channel; the other is tried next."""
        async with self._runtime.begin() as tx:
            ours = await Messages(tx.connection).turn_to_other_channel(message, spent, reason)
        return self._log(ours, message, spent, "permanent-failure", reason)

    def _log(
        self, ours: bool, message: Message, channel: Channel, state: str, reason: str = ""
    ) -> bool:
        if ours:
            self._counted.labels(message.template, channel, state).inc()
            level = logging.DEBUG if state == "delivered" else logging.WARNING
            log.log(level, "message.settled", state=state, channel=channel, reason=reason)
        return ours


async def _record_delivered(
    message: Message, channel: Channel, reference: str, tx: Transaction
) -> bool:
    ours = await Messages(tx.connection).deliver(message, tx.now, reference)
    if ours:
        tx.publish(MessageSent(channel=channel, bounced=message.spent, **_about(message)))
    if ours and message.template in INTRODUCTIONS:
        await go_on(message, tx)
    if ours and _acknowledges(message):
        for other in await HeldMessages(tx.connection).fold_into_request(message, tx.now):
            tx.publish(MessageSent(channel=channel, **_about(other)))
    return ours


def _failure(
    message: Message, channel: Channel, state: FinalFailure, bounced: tuple[Channel, ...]
) -> MessageFailed:
    return MessageFailed(
        channel=channel,
        state=state,
        bounced=bounced,
        association=responsible_association(message),
        **_about(message),
    )


def _acknowledges(message: Message) -> bool:
    """Whether somebody learns by it, with their own link, that their registration is acted on."""
    leads_to_own_page = CATALOGUE[message.template] == OWN_PAGE
    return leads_to_own_page and cause_of(message.template, message.facts) == "request"


def _about(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "template": message.template,
        "recipient": message.recipient,
        "person": message.person,
        "concerns": message.concerns,
    }


@cache
def delivery_counter(metrics: Metrics) -> Counter:
    """Results by template, channel and state: made once, however often a worker starts again."""
    return metrics.counter("deliveries_total", "Results of sending", "template", "channel", "state")
