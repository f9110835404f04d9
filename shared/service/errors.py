"""What may be said of an error where people's data could hide in its message: kind and place."""

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from aiormq.exceptions import AMQPError, ChannelInvalidStateError

if TYPE_CHECKING:
    from shared.persistence.database import Connection

_ROOT = Path(__file__).parents[2]
_PACKAGES = frozenset(["shared", "services", "deploy", "tests"])

TRANSIENT_ERRORS = (
    OSError,  # TimeoutError is one
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    AMQPError,
    ChannelInvalidStateError,
)
"""Our own database or broker is away: wait and try again.

For loops of ours. Whether a message is to blame for such an error is another question, see
`messaging/batch.py`.
"""


SERIALIZATION_ERRORS = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""Two transactions met; the same one alone, or a moment later, goes through."""
CONNECTION_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    *SERIALIZATION_ERRORS,
)


def is_infrastructure_failure(error: Exception, connection: "Connection") -> bool:
    """Whether work on this connection failed for a reason that has nothing to do with the work.

    The kind of error alone does not tell: a query with a bad argument is an InterfaceError, and
    a mail server's refusal an OSError, while the database is there.
    """
    return connection.is_closed() or isinstance(error, CONNECTION_ERRORS)


def is_fault_of_ours(error: Exception, connection: "Connection") -> bool:
    """Whether a message from outside is not to blame: database, disk, rights or time failed.

    Whatever else its reading raises (a mistake of ours, too) says that we cannot read it, and so
    do values that the database refuses.
    """
    refused = isinstance(error, asyncpg.DataError | asyncpg.IntegrityConstraintViolationError)
    away = isinstance(error, OSError | asyncpg.PostgresError | asyncpg.InterfaceError)
    return connection.is_closed() or (away and not refused)


def is_transient(error: BaseException) -> bool:
    """Whether it is one of UNREACHABLE and no mistake of ours that happens to be of its kind."""
    mistaken = isinstance(error, LookupError | ValueError | FileNotFoundError | PermissionError)
    return isinstance(error, TRANSIENT_ERRORS) and not mistaken


def error_location(error: BaseException) -> str:
    """The innermost place in our own code, as `services/matching/store.py:31`."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [place for frame in frames if (place := _ours(frame))]
    return places[-1] if places else "outside"


def _ours(frame: traceback.FrameSummary) -> str | None:
    # A checkout or site-packages: either way our packages stand side by side.
    path = Path(frame.filename)
    if not path.is_relative_to(_ROOT) or path.relative_to(_ROOT).parts[0] not in _PACKAGES:
        return None
    return f"{path.relative_to(_ROOT).as_posix()}:{frame.lineno}"


def error_fields(error: BaseException) -> dict[str, Any]:
    """Fields for a log line: never the message, which may quote a row."""
    return {"error": type(error).__name__, "where": error_location(error)}
