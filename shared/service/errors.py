"""Errors: what failed, and what may be said of it where people's data could hide in its message."""

import traceback
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from aiormq.exceptions import (
    AMQPChannelError,
    AMQPConnectionError,
    AMQPError,
    ChannelInvalidStateError,
)

_ROOT = Path(__file__).parents[2]
_PACKAGES = frozenset(["shared", "services", "deploy", "tests"])


class Closable(Protocol):
    """A connection to the database, as far as an error is judged by it."""

    def is_closed(self) -> bool:
        """Whether it was lost."""


class ErrorKind(StrEnum):
    """What failed, as far as the class of an error tells."""

    NETWORK = "network"  # no connection, or no answer in time; a file, too
    DATABASE_AWAY = "database_away"
    DATABASE_CONFLICT = "database_conflict"  # two transactions met; alone it goes through
    DATABASE_VALUE = "database_value"  # a value or a row that it does not take
    DATABASE_CLIENT = "database_client"  # a connection that is closed, or a wrong call of ours
    DATABASE_OTHER = "database_other"  # rights, disk, a table that is not migrated yet
    BROKER_AWAY = "broker_away"
    BROKER_CHANNEL = "broker_channel"  # closed, over whatever was in flight on it
    BROKER_OTHER = "broker_other"  # a message that it does not take
    UNKNOWN = "unknown"  # for all that we know a mistake of ours


_KINDS: dict[type[Exception], ErrorKind] = {
    OSError: ErrorKind.NETWORK,  # TimeoutError is one
    asyncpg.PostgresConnectionError: ErrorKind.DATABASE_AWAY,
    asyncpg.CannotConnectNowError: ErrorKind.DATABASE_AWAY,
    asyncpg.AdminShutdownError: ErrorKind.DATABASE_AWAY,
    asyncpg.CrashShutdownError: ErrorKind.DATABASE_AWAY,
    asyncpg.TooManyConnectionsError: ErrorKind.DATABASE_AWAY,
    asyncpg.DeadlockDetectedError: ErrorKind.DATABASE_CONFLICT,
    asyncpg.SerializationError: ErrorKind.DATABASE_CONFLICT,
    asyncpg.DataError: ErrorKind.DATABASE_VALUE,
    asyncpg.IntegrityConstraintViolationError: ErrorKind.DATABASE_VALUE,
    asyncpg.InterfaceError: ErrorKind.DATABASE_CLIENT,
    asyncpg.PostgresError: ErrorKind.DATABASE_OTHER,
    AMQPConnectionError: ErrorKind.BROKER_AWAY,
    AMQPChannelError: ErrorKind.BROKER_CHANNEL,
    ChannelInvalidStateError: ErrorKind.BROKER_CHANNEL,
    AMQPError: ErrorKind.BROKER_OTHER,
}
"""The only place that says what a class of errors means. What a mail server or an SMS provider
replies is judged by its gateway: there the code of the reply counts, and how far the message was.
"""


def classify_error(error: BaseException) -> ErrorKind:
    """What failed, by the nearest class in the table."""
    return next((_KINDS[x] for x in type(error).__mro__ if x in _KINDS), ErrorKind.UNKNOWN)


def _classes_of(*kinds: ErrorKind) -> tuple[type[Exception], ...]:
    return tuple(x for x, kind in _KINDS.items() if kind in kinds)


TRANSIENT_ERRORS = _classes_of(
    ErrorKind.NETWORK,
    ErrorKind.DATABASE_AWAY,
    ErrorKind.DATABASE_CLIENT,
    ErrorKind.BROKER_AWAY,
    ErrorKind.BROKER_CHANNEL,
    ErrorKind.BROKER_OTHER,
)
"""For `except`: our own database or broker is away: wait and try again.

For loops of ours. Whether a message is to blame for such an error is another question, see
`is_infrastructure_failure` and `is_fault_of_ours`.
"""

DATABASE_ERRORS = _classes_of(
    ErrorKind.NETWORK,
    ErrorKind.DATABASE_AWAY,
    ErrorKind.DATABASE_CONFLICT,
    ErrorKind.DATABASE_VALUE,
    ErrorKind.DATABASE_CLIENT,
    ErrorKind.DATABASE_OTHER,
)
"""For `except`: a statement of ours failed, whatever the reason. For loops over our own tables."""

CONFLICT_ERRORS = _classes_of(ErrorKind.DATABASE_CONFLICT)
"""For `except`: two transactions met; the same one alone, or a moment later, goes through."""


def is_infrastructure_failure(error: Exception, connection: Closable) -> bool:
    """Whether work on this connection failed for a reason that has nothing to do with the work.

    The kind of error alone does not tell: a query with a bad argument is an InterfaceError, and
    a mail server's refusal an OSError, while the database is there.
    """
    away = {ErrorKind.DATABASE_AWAY, ErrorKind.DATABASE_CONFLICT}
    return connection.is_closed() or classify_error(error) in away


def is_fault_of_ours(error: Exception, connection: Closable) -> bool:
    """Whether a message from outside is not to blame: database, disk, rights or time failed.

    Whatever else its reading raises (a mistake of ours, too) says that we cannot read it, and so
    do values that the database refuses.
    """
    refused = classify_error(error) is ErrorKind.DATABASE_VALUE
    return connection.is_closed() or (isinstance(error, DATABASE_ERRORS) and not refused)


def is_transient(error: BaseException) -> bool:
    """Whether it is one of TRANSIENT_ERRORS, and no mistake that happens to be of its kind."""
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
