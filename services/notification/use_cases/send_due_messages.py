"""The sender: takes what is due and sends several at a time, beside other replicas."""

import asyncio
from typing import cast

from services.notification.domain.message import Message
from services.notification.gateways.configured import configured_gateways
from services.notification.settings import NotificationSettings
from services.notification.store import WAKE_CHANNEL
from services.notification.use_cases.send_message import MessageSender
from shared.persistence.notify import listen
from shared.service.definition import WorkerContext
from shared.service.worker import Period, repeat_step

POLL_SECONDS = 0.5


async def send_messages(runtime: WorkerContext) -> None:
    """Send until the service stops; what is in hand is finished first."""
    settings = cast("NotificationSettings", runtime.settings)
    woken = asyncio.Event()
    async with configured_gateways(settings) as gateways:
        sender = Sender(MessageSender(runtime, settings, gateways), settings.notification_parallel)
        listener = asyncio.create_task(listen(runtime.pool, WAKE_CHANNEL, lambda *_: woken.set()))
        try:
            await repeat_step(sender.take, Period(POLL_SECONDS), runtime.stopping, woken)
        finally:
            listener.cancel()
            await sender.finish()


class Sender:
    """Keeps up to `parallel` messages in hand."""

    def __init__(self, dispatch: MessageSender, parallel: int) -> None:
        self._dispatch = dispatch
        self._parallel = parallel
        self._in_hand: set[asyncio.Task[None]] = set()

    async def take(self) -> bool:
        """Fill the free hands; false when nothing is due. Waits while all hands are full."""
        if len(self._in_hand) >= self._parallel:
            await asyncio.wait(self._in_hand, return_when=asyncio.FIRST_COMPLETED)
        messages = await self._dispatch.claim(self._parallel - len(self._in_hand))
        for message in messages:
            self._start(message)
        return bool(messages)

    async def finish(self) -> None:
        """Wait for what is in hand; each has its own time limit."""
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    def _start(self, message: Message) -> None:
        task = asyncio.create_task(self._dispatch.send(message))
        self._in_hand.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
