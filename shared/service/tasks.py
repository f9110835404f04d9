"""Waiting for an event of the process, but not for ever, and for the end of tasks."""

import asyncio
from typing import Any

RETRY_SECONDS = 3.0


async def wait_with_timeout(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, or that long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def cancel_and_wait(
    *tasks: asyncio.Future[Any], retry_seconds: float = RETRY_SECONDS
) -> None:
    """Cancel these tasks and wait until they have ended, whatever they ended with.

    A connection that is broken when a task leaves it puts its own error in the cancellation's
    place, and a loop that outlives such errors goes on (measured): so it is told again.
    """
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=retry_seconds)
    await asyncio.gather(*tasks, return_exceptions=True)
