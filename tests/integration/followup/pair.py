"""A pair in the harness: introduced, asked by timers, answering by the real endpoint."""

from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID, uuid4

import httpx

from shared.contracts.events import CheckInAsked, Event, PairIntroduced
from shared.contracts.types import CheckInKind, Side
from tests.support.service_harness import ServiceHarness

F = TypeVar("F", bound=Event)
ASSOCIATION = "tandem_avenir"


@dataclass
class Pair:
    """One pair and every event that follow-up has published since it was introduced."""

    harness: ServiceHarness
    event: PairIntroduced
    published: list[Event] = field(default_factory=list)

    async def days(self, number: float) -> list[Event]:
        """Let days pass, each timer at its own time; the events published meanwhile."""
        end = self.harness.clock.now().timestamp() + number * 86_400
        while True:
            due = await self.harness.pool.fetchval("SELECT min(due) FROM timers")
            if due is None or due.timestamp() > end:
                break
            self.harness.clock.set(max(due, self.harness.clock.now()))
            await self.harness.fire_due()
        missing = end - self.harness.clock.now().timestamp()
        self.harness.clock.advance(seconds=missing)
        return await self.take_events()

    async def take_events(self) -> list[Event]:
        """The events published since the last call."""
        news = await self.harness.take_events()
        self.published += news
        return news

    def all(self, kind: type[F]) -> list[F]:
        """All published events of one kind."""
        return [event for event in self.published if isinstance(event, kind)]

    def find_question(self, kind: CheckInKind, side: Side) -> CheckInAsked:
        """The latest question of a kind to a side."""
        return [c for c in self.all(CheckInAsked) if c.kind == kind and c.side == side][-1]

    def path(self, checkin_id: UUID) -> str:
        """The path in the link that notification would mail."""
        return "/suivi/" + self.harness.runtime.links.token("checkin", checkin_id)

    async def answer(
        self, kind: CheckInKind, side: Side, answer: str, mood: str | None = None
    ) -> httpx.Response:
        """Tap an answer to the latest question of a kind, and let it be weighed."""
        data = {"answer": answer} | ({"mood": mood} if mood else {})
        path = self.path(self.find_question(kind, side).checkin_id)
        response = await self.harness.client.post(path, data=data)
        await self.harness.fire_due()
        await self.take_events()
        return response


def introduction(association: str = ASSOCIATION) -> PairIntroduced:
    """An event about two invented people."""
    return PairIntroduced(
        pair_id=uuid4(),
        request_id=uuid4(),
        mentee_id=uuid4(),
        mentor_id=uuid4(),
        association=association,
    )
