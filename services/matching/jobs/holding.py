"""Having a round solved while its lease is kept alive."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.matching.jobs.solving import Solve, hold_round
from services.matching.jobs.workshop import Workshop
from services.matching.store import ClaimedRound, Findings
from shared.runtime.faults import UNREACHABLE, described

BEATS = 4
"""Renewals within the length of a lease: some may be missed."""

log = structlog.get_logger()


class Interrupted(Exception):
    """The service stops, or the round was taken over: whatever the solver says is not wanted."""


async def solve_claimed(
    claimed: ClaimedRound, workshop: Workshop, solved_by: Solve, until: Awaitable[object]
) -> Findings:
    """What the engine and its verifier find. `until` ends when the round is no longer ours to
    solve: then the workshop is closed. Raises Interrupted, WorkshopLost, or the engine's error.
    """
    work = workshop.run(hold_round, claimed.inputs, claimed.policy, claimed.held_on, solved_by)
    solving, interrupted = asyncio.ensure_future(work), asyncio.ensure_future(until)
    try:
        await asyncio.wait({solving, interrupted}, return_when=asyncio.FIRST_COMPLETED)
        if solving.done():
            return solving.result()
        await workshop.close()
        raise Interrupted
    finally:
        for task in (solving, interrupted):
            task.cancel()
        await asyncio.gather(solving, interrupted, return_exceptions=True)


async def lost_lease(renew: Callable[[], Awaitable[bool]], lease_seconds: float) -> None:
    """Renew a lease again and again; ends when another has taken the round over.

    While the database is away nothing is lost yet: publishing asks once more whose round it is.
    """
    kept = True
    while kept:
        await asyncio.sleep(lease_seconds / BEATS)
        try:
            kept = await renew()
        except UNREACHABLE as error:
            log.warning("database.unreachable", **described(error))
