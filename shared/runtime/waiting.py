"""Waiting for an event of the process, but not for ever."""

import asyncio


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, or that long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
