"""Having work done elsewhere for as long as its result is wanted."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from shared.service.errors import TRANSIENT_ERRORS, error_fields
from shared.service.tasks import cancel_and_wait

RENEWALS_PER_LEASE = 4
"""Renewals within the length of a lease: some may be missed."""

R = TypeVar("R")
log = structlog.get_logger()


class Interrupted(Exception):
    """The result is no longer wanted."""


async def race(work: Awaitable[R], *ends: Awaitable[object]) -> R:
    """The result of `work`. Raises Interrupted when one of `ends` comes first, or its error."""
    working = asyncio.ensure_future(work)
    ending = [asyncio.ensure_future(end) for end in ends]
    try:
        await asyncio.wait([working, *ending], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        for end in ending:
            if end.done():
                end.result()
        raise Interrupted
    finally:
        await cancel_and_wait(working, *ending)


async def heartbeat(renew: Callable[[], Awaitable[bool]], lease_seconds: float) -> None:
    """Renew a lease again and again; ends when another has taken the round over.

    While the database is away nothing is lost yet: publishing asks once more whose round it is.
    """
    renewed = True
    while renewed:
        await asyncio.sleep(lease_seconds / RENEWALS_PER_LEASE)
        try:
            renewed = await renew()
        except TRANSIENT_ERRORS as error:
            log.warning("database.unreachable", **error_fields(error))
