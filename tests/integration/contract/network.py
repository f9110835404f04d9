"""Four services on stages: what each puts into its outbox is handed to those who listen to it."""

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


class Desk:
    """Questions of notification, answered by registration."""

    def __init__(self, registration: ServiceHarness) -> None:
        self._registration = registration

    async def call(self, queue: str, question: BaseModel, _answer: type[BaseModel]) -> Any:
        assert queue == CONTACT_QUEUE
        return await self._registration.answer(queue, question)

    async def close(self) -> None:
        """Nothing is open."""


class Network:
    """Hands events on until nobody has anything to say. `stated`: every event so far, `heard`: how
    often each service heard each topic."""

    def __init__(self, stages: Mapping[str, ServiceHarness], keeper: RoundRunner) -> None:
        self.stages = stages
        self.stated: list[Event] = []
        self.heard: Counter[tuple[str, str]] = Counter()
        self._keeper = keeper
        stages["notification"].runtime.rpc_client = Desk(stages["registration"])  # type: ignore[assignment]  # a stand-in

    async def settle(self) -> None:
        """Hand on, send and hold rounds until nothing moves any more."""
        moved = True
        while moved:
            handed_on = await self._hand_on()
            await self._send()
            held = await self._keeper.step()
            moved = bool(handed_on) or held

    async def days(self, number: int) -> None:
        """Let days pass, one at a time, on the clock that all share."""
        for _ in range(number):
            self.stages["matching"].clock.advance(days=1)
            for stage in self.stages.values():
                await stage.fire_due()
            await self.settle()

    def all(self, kind: type[Event]) -> list[Any]:
        """Every event of one kind that was stated."""
        return [event for event in self.stated if isinstance(event, kind)]

    async def _hand_on(self) -> int:
        number = 0
        for stage in self.stages.values():
            for row in await stage.read_outbox():
                kind = EVENTS.get(row["routing_key"])
                if kind is None:
                    continue
                event = read_event(kind, row["body"].encode())
                self.stated.append(event)
                number += 1
                for name, other in self.stages.items():
                    if kind in other.service.subscribes:
                        await other.handle(event, row["event_id"])
                        self.heard[name, kind.topic] += 1
        return number

    async def _send(self) -> None:
        stage = self.stages["notification"]
        settings = stage.runtime.settings
        assert isinstance(settings, NotificationSettings)
        async with configured_gateways(settings) as gateways:
            sender = Sender(MessageSender(stage.runtime, settings, gateways), 8)
            while await sender.take():
                await sender.finish()
