"""Waits end by what happens; the clock only ends a run in which it never does."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE = 180.0
"""Seconds after which what has not happened never will, both cores taken by something else."""


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Wait until the condition holds; TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)
