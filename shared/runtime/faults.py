"""What may be said of an error where people's data could hide in its message: kind and place."""

import asyncio
import traceback
from typing import Any

import asyncpg
from aiormq.exceptions import AMQPError

UNREACHABLE = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    AMQPError,
)
"""Our own database or broker is away: the message is not to blame and no attempt is counted."""


def where(error: BaseException) -> str:
    """The innermost place in our own code, as `services/matching/store.py:31`."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    if not ours:
        return "outside"
    frame = ours[-1]
    parts = frame.filename.replace("\\", "/").split("/")
    return f"{'/'.join(parts[-3:])}:{frame.lineno}"


def described(error: BaseException) -> dict[str, Any]:
    """Fields for a log line: never the message, which may quote a row."""
    return {"error": type(error).__name__, "where": where(error)}
