"""Four services in harnesses: what each puts into its outbox is handed to those who subscribe to
it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from services.matching.use_cases.run_rounds import RoundRunner
from services.notification.gateways.configured import configured_gateways
from services.notification.settings import NotificationSettings
from services.notification.use_cases.send_due_messages import Sender
from services.notification.use_cases.send_message import MessageSender
from shared.contracts.contact import CONTACT_QUEUE
from shared.contracts.events import EVENTS, Event
from shared.messaging.envelope import read_event
from tests.support.service_harness import ServiceHarness


class DirectRpc:
    """Questions of notification, answered by registration."""

    def __init__(self, registration: ServiceHarness) -> None:
        self._registration = registration

    async def call(self, queue: str, question: BaseModel, _answer: type[BaseModel]) -> Any:
        assert queue == CONTACT_QUEUE
        return await self._registration.answer(queue, question)

    call_together = call

    async def close(self) -> None:
        """Nothing is open."""


class Network:
    """Hands events on until nothing is left to hand on. `stated`: every event so far, `deliveries`:
    how often each service was given each topic."""

    def __init__(self, harnesses: Mapping[str, ServiceHarness], runner: RoundRunner) -> None:
        self.harnesses = harnesses
        self.stated: list[Event] = []
        self.deliveries: Counter[tuple[str, str]] = Counter()
        self._scheduler = runner
        harnesses["notification"].runtime.rpc_client = DirectRpc(harnesses["registration"])  # type: ignore[assignment]  # a stand-in

    async def settle(self) -> None:
        """Hand on, send and hold rounds until nothing moves any more."""
        moved = True
        while moved:
            handed_on = await self._hand_on()
            await self._send()
            held = await self._scheduler.step()
            moved = bool(handed_on) or held

    async def days(self, number: int) -> None:
        """Let days pass, one at a time, on the clock that all share."""
        for _ in range(number):
            self.harnesses["matching"].clock.advance(days=1)
            for harness in self.harnesses.values():
                await harness.fire_due()
            await self.settle()

    def all(self, kind: type[Event]) -> list[Any]:
        """Every event of one kind that was stated."""
        return [event for event in self.stated if isinstance(event, kind)]

    async def _hand_on(self) -> int:
        number = 0
        for harness in self.harnesses.values():
            for row in await harness.read_outbox():
                kind = EVENTS.get(row["routing_key"])
                if kind is None:
                    continue
                event = read_event(kind, row["body"].encode())
                self.stated.append(event)
                number += 1
                for name, other in self.harnesses.items():
                    if kind in other.service.subscribes:
                        await other.handle(event, row["event_id"])
                        self.deliveries[name, kind.topic] += 1
        return number

    async def _send(self) -> None:
        harness = self.harnesses["notification"]
        settings = harness.runtime.settings
        assert isinstance(settings, NotificationSettings)
        async with configured_gateways(settings) as gateways:
            sender = Sender(MessageSender(harness.runtime, settings, gateways), 8)
            while await sender.take():
                await sender.finish()
