"""The reconciler: takes messages whose sender did not come back, and asks what became of them.

Never sent again on a guess: only what certainly did not leave goes back to be sent.
"""

from datetime import UTC, datetime, timedelta
from typing import cast

import structlog

from services.notification.domain.message import Message
from services.notification.gateways.configured import Gateways, configured_gateways
from services.notification.gateways.message_gateway import DeliveryStatus
from services.notification.settings import NotificationSettings
from services.notification.store import Messages
from services.notification.use_cases.message_context import message_context
from services.notification.use_cases.record_result import ResultRecorder
from shared.contracts.types import Channel
from shared.service.definition import WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields
from shared.service.worker import Period, repeat_step

POLL_SECONDS = 1.0
BATCH = 20
AT_ONCE = timedelta()

log = structlog.get_logger()


async def reconcile_interrupted(runtime: WorkerContext) -> None:
    """Look for interrupted messages until the service stops."""
    settings = cast("NotificationSettings", runtime.settings)
    async with configured_gateways(settings) as gateways:
        reconciler = Reconciler(runtime, settings, gateways)
        await repeat_step(reconciler.reconcile_some, Period(POLL_SECONDS), runtime.stopping)


class Reconciler:
    """Settles messages one by one; a gateway that cannot be asked is asked again later."""

    def __init__(
        self, runtime: WorkerContext, settings: NotificationSettings, gateways: Gateways
    ) -> None:
        self._runtime = runtime
        self._gateways = gateways
        self._results = ResultRecorder(runtime, settings)
        self._lease = timedelta(seconds=settings.notification_lease)

    async def reconcile_some(self) -> int:
        """Returns how many were looked at."""
        async with self._runtime.begin() as tx:
            messages = await Messages(tx.connection).claim_interrupted(BATCH, self._lease)
        for message in messages:
            with message_context(message):
                await self._settle(message)
        return len(messages)

    async def _settle(self, message: Message) -> None:
        log.warning("message.interrupted", channel=message.channel)
        if message.handed_at is None or message.channel is None:
            async with self._runtime.begin() as tx:
                await Messages(tx.connection).put_back(message, AT_ONCE)
            return
        try:
            finding = await self._gateways[message.channel].find(message.id)
        except TRANSIENT_ERRORS as error:
            log.warning("message.unfound", channel=message.channel, **error_fields(error))
            return  # held until the lease is over, then asked again
        await self._conclude(message, message.channel, finding)

    async def _conclude(self, message: Message, channel: Channel, finding: DeliveryStatus) -> None:
        if finding is DeliveryStatus.FOUND:
            await self._results.record_delivered(message, channel)
        elif finding is DeliveryStatus.UNKNOWABLE:
            await self._results.record_failed(message, channel, "unknown", "interrupted")
        elif self._absence_is_sure(message, channel):
            await self._results.later(message, channel, "absent")

    def _absence_is_sure(self, message: Message, channel: Channel) -> bool:
        """Else it stays held until the lease is over, and is looked for again."""
        handed = message.handed_at or datetime.now(UTC)
        age = datetime.now(UTC) - handed
        return age.total_seconds() >= self._gateways[channel].status_lag_seconds
