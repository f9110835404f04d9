"""The demonstration from the first registration to the result table."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from deploy.local.demo import planted
from deploy.local.demo.cast import cast
from deploy.local.demo.crowd import Crowd
from deploy.local.demo.doors import PARTNER, Doors, binome
from deploy.local.demo.letters import Postbox
from deploy.local.demo.results import Books, results
from deploy.local.house import House
from shared.runtime.clock import FastClock

SPEED = 129_600
"""Simulated seconds per real second: three months in a minute."""
HEAD_START_SECONDS = 25
"""Time runs normally while the services start."""
STEP_SECONDS = 0.5
DRAIN_SECONDS = 120

SETTINGS = {
    "BINOME_SMS_PROVIDER": "local",
    "BINOME_ACCEPT_FICTIONAL_NUMBERS": "1",
    "BINOME_NOTIFICATION_SEND_TIMEOUT": "4",
    "BINOME_NOTIFICATION_LEASE": "8",
    "BINOME_NOTIFICATION_RETRY_FIRST": "0.5",
    "BINOME_MATCHING_LEASE": "8",
    "BINOME_MATCHING_CADENCE": "720",
}
"""What differs from production: local SMS, fictional numbers, short technical patience."""


@dataclass(frozen=True)
class Script:
    """How many people, which dice, how many simulated days."""

    people: int = 300
    seed: int = 1
    days: float = 150.0


Watch = Callable[["Stand"], Awaitable[None] | None]
"""Called about twice a second with how things stand."""
Disturbance = Callable[[House], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Stand:
    """How things stand at a moment of the demonstration."""

    now: datetime
    started: datetime
    figures: dict[str, int]

    @property
    def day(self) -> int:
        return (self.now - self.started).days


def clock_settings(script: Script) -> dict[str, str]:
    """The environment in which services run fast, from a little later than now."""
    origin = datetime.now(UTC) + timedelta(seconds=HEAD_START_SECONDS)
    return {
        **SETTINGS,
        "BINOME_CLOCK_SPEED": str(SPEED),
        "BINOME_CLOCK_ORIGIN": origin.isoformat(),
        "BINOME_CLOCK_DAYS": str(script.days),
    }


def clock_of(environment: Mapping[str, str]) -> FastClock:
    """The clock that the services of a house follow."""
    return FastClock(
        float(environment["BINOME_CLOCK_SPEED"]),
        datetime.fromisoformat(environment["BINOME_CLOCK_ORIGIN"]),
        float(environment["BINOME_CLOCK_DAYS"]),
    )


async def play(
    house: House, script: Script, watch: Watch, disturb: Disturbance | None = None
) -> dict[str, Any]:
    """Run the demonstration in an open house; returns the result table.

    `disturb` runs beside it (tests kill services there). Raises whatever a simulated person met
    that no patience helps against.
    """
    started = monotonic()
    clock = clock_of(house.environment)
    async with Books(house.environment) as books, _crowd(house) as crowd:
        side = [asyncio.create_task(_watch(books, clock, watch))]
        try:
            await _open_doors(house, script)
            trouble = asyncio.create_task(disturb(house)) if disturb else None
            await asyncio.sleep(clock.real_seconds(clock.origin + timedelta(days=script.days)))
            if trouble:
                await trouble
            await _drain(books, clock, crowd)
        finally:
            for task in side:
                task.cancel()
        return await results(books, clock.now(), monotonic() - started)


async def _open_doors(house: House, script: Script) -> None:
    environment = house.environment
    said = await binome(environment, "partner", "add", PARTNER)
    found = re.search(r"bnm_[A-Za-z0-9_-]+", said)
    if not found:
        raise LookupError("`binome partner add` showed no key")
    doors = Doors(
        environment["BINOME_REGISTRATION_URL"],
        found[0],
        house.partner_url(PARTNER),
        environment,
    )
    await planted.spoil(environment["BINOME_AMQP_URL"])
    people = cast(script.people, script.seed, datetime.now(UTC).date())
    await doors.let_in(people, house.folder)


@asynccontextmanager
async def _crowd(house: House) -> AsyncIterator[Crowd]:
    postbox = Postbox(Path(house.environment["BINOME_MAILBOX_DIR"]))
    crowd = Crowd(postbox, house.environment["BINOME_REGISTRATION_URL"] + "/associations")
    living = asyncio.create_task(crowd.live())
    try:
        yield crowd
    finally:
        living.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await living


async def _drain(books: Books, clock: FastClock, crowd: Crowd) -> None:
    """Time runs normally again: wait until nothing is in hand, or for two minutes."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            quiet = 0
            while quiet < 3:
                idle = crowd.busy == 0 and await books.outstanding(clock.now()) == 0
                quiet = quiet + 1 if idle else 0
                await asyncio.sleep(STEP_SECONDS)


_FIGURES = {
    "registered": ("registration", "SELECT count(*) FROM persons"),
    "acknowledged": (
        "notification",
        "SELECT count(*) FROM messages WHERE state = 'delivered'"
        " AND template IN ('mentee_registered', 'mentor_registered')",
    ),
    "confirmed": (
        "registration",
        "SELECT count(*) FROM requests WHERE confirmed_at IS NOT NULL",
    ),
    "pairs": ("matching", "SELECT count(*) FROM pairs WHERE round_id IS NOT NULL"),
    "met": ("followup", "SELECT count(*) FROM engagements WHERE met_at IS NOT NULL"),
    "answered": ("followup", "SELECT count(*) FROM checkins WHERE answered_at IS NOT NULL"),
    "alerts": ("followup", "SELECT count(*) FROM alerts"),
    "renewed": ("followup", "SELECT count(*) FROM terms WHERE outcome = 'renewed'"),
    "ended": ("followup", "SELECT count(*) FROM engagements WHERE ended_at IS NOT NULL"),
}


async def _watch(books: Books, clock: FastClock, watch: Watch) -> None:
    while True:
        figures = {
            name: await books.count(service, query) for name, (service, query) in _FIGURES.items()
        }
        told = watch(Stand(clock.now(), clock.origin, figures))
        if told is not None:
            await told
        await asyncio.sleep(STEP_SECONDS)
