"""The demonstration from the first registration to the result table."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from deploy.demo import invalid_entries
from deploy.demo.faults import Faults, close_association, strangers, with_dead_mailboxes
from deploy.demo.inbox import Inbox
from deploy.demo.people import ASSOCIATION_OF_MENTORS, Person, invent_people
from deploy.demo.registration_channels import PARTNER, RegistrationChannels, binome
from deploy.demo.results import results
from deploy.demo.simulated_users import SimulatedUsers, own_address
from deploy.demo.store_counts import StoreCounts
from deploy.devstack.local_stack import LocalStack
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.service.clock import FastClock, start_clock

SPEED = 86_400
"""Simulated seconds per real second: a day a second, so three months in a minute and a half."""
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
    days: float = 130.0
    faults: Faults | None = None


Watch = Callable[["Progress"], Awaitable[None] | None]
"""Called about twice a second with how things stand."""
Disturbance = Callable[[LocalStack], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Progress:
    """How things stand at a moment of the demonstration."""

    now: datetime
    started: datetime
    figures: dict[str, int]

    @property
    def day(self) -> int:
        """Whole simulated days since the start."""
        return (self.now - self.started).days


def clock_settings(script: Script, folder: Path) -> dict[str, str]:
    """The environment in which services will run fast, once `play` starts the clock."""
    return {
        **SETTINGS,
        "BINOME_CLOCK_SPEED": str(SPEED),
        "BINOME_CLOCK_ORIGIN": str(folder / "clock"),
        "BINOME_CLOCK_DAYS": str(script.days),
        # Messages leave in real time: a week would be seven seconds here.
        "BINOME_INTRODUCTION_DAYS": "90",
    }


def start_fast_clock(environment: Mapping[str, str]) -> FastClock:
    """Start the clock of a local stack; the same clock for us."""
    origin = start_clock(Path(environment["BINOME_CLOCK_ORIGIN"]))
    speed, days = environment["BINOME_CLOCK_SPEED"], environment["BINOME_CLOCK_DAYS"]
    return FastClock(float(speed), origin, float(days))


async def run_demo(
    stack: LocalStack, script: Script, watch: Watch, disturb: Disturbance | None = None
) -> dict[str, Any]:
    """Run the demonstration in an open local stack; returns the result table.

    `disturb` runs beside it (tests kill services there). Raises whatever a simulated person met
    that no patience helps against.
    """
    began = monotonic()
    async with StoreCounts(stack.environment) as books, _simulated_users(stack) as users:
        channels = await _channels(stack)
        clock = start_fast_clock(stack.environment)
        watching = asyncio.create_task(_watch(books, clock, watch))
        trouble = asyncio.create_task(disturb(stack)) if disturb else None
        people = _people(script)
        try:
            await channels.register(people, stack.folder)
            if script.faults:
                await channels.register_by_page(strangers(people, script.faults, _today()))
                await close_association(stack, books)
            await asyncio.sleep(clock.real_seconds(clock.origin + timedelta(days=script.days)))
            if trouble:
                await trouble
            await _drain(books, clock, users)
            users.raise_what_went_wrong()
        finally:
            watching.cancel()
        return await results(books, clock.now(), monotonic() - began)


async def _channels(stack: LocalStack) -> RegistrationChannels:
    environment = stack.environment
    output = await binome(environment, "partner", "add", PARTNER)
    key = re.search(r"bnm_[A-Za-z0-9_-]+", output)
    if not key:
        raise LookupError("`binome partner add` showed no key")
    await binome(environment, "user", "invite", *_coordinators())
    await invalid_entries.publish_invalid(environment["BINOME_AMQP_URL"])
    base = environment["BINOME_REGISTRATION_URL"]
    return RegistrationChannels(base, key[0], stack.partner_url(PARTNER), environment)


def _coordinators() -> list[str]:
    """One person of each association, with an address of their own."""
    return [
        word
        for association in ASSOCIATIONS.values()
        for word in (f"camille@{association.code}", own_address(association.coordinator))
    ]


def _people(script: Script) -> list[Person]:
    today = _today()
    people = invent_people(script.people, script.seed, today)
    return with_dead_mailboxes(people, script.faults, today) if script.faults else people


def _today() -> date:
    return datetime.now(UTC).date()


@asynccontextmanager
async def _simulated_users(stack: LocalStack) -> AsyncIterator[SimulatedUsers]:
    inbox = Inbox(Path(stack.environment["BINOME_MAILBOX_DIR"]))
    users = SimulatedUsers(inbox, stack.environment["BINOME_REGISTRATION_URL"] + "/associations")
    owners = (NETWORK_HEAD, ASSOCIATION_OF_MENTORS)
    addresses = [own_address(ASSOCIATIONS[code].coordinator) for code in owners]
    living = [
        asyncio.create_task(users.run()),
        asyncio.create_task(users.keep_looking(addresses)),
    ]
    try:
        yield users
    finally:
        for task in living:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*living)


async def _drain(books: StoreCounts, clock: FastClock, users: SimulatedUsers) -> None:
    """Time runs normally again: wait until nothing is in hand, or for two minutes."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            quiet = 0
            while quiet < 3:
                idle = users.busy == 0 and await books.outstanding(clock.now()) == 0
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


async def _watch(books: StoreCounts, clock: FastClock, watch: Watch) -> None:
    while True:
        figures = {
            name: await books.count(service, query) for name, (service, query) in _FIGURES.items()
        }
        text = watch(Progress(clock.now(), clock.origin, figures))
        if text is not None:
            await text
        await asyncio.sleep(STEP_SECONDS)
