"""One table classifies errors: which a loop survives, which count against a message."""

from dataclasses import dataclass
from typing import cast

import asyncpg
import pytest
from aiormq.exceptions import (
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    ConnectionClosed,
    DeliveryError,
)

from shared.persistence.batch import Connection
from shared.service import errors
from shared.service.errors import ErrorKind, classify_error


@dataclass(frozen=True)
class Judgement:
    """The classification of a kind: `transient`, `database`, `conflict` of a loop's error;
    `blameless` of a handler's, `ours` of the handler of a message from outside."""

    kind: ErrorKind
    transient: bool = False
    database: bool = False
    conflict: bool = False
    blameless: bool = False
    ours: bool = False


NETWORK = Judgement(ErrorKind.NETWORK, transient=True, database=True, ours=True)
AWAY = Judgement(ErrorKind.DATABASE_AWAY, transient=True, database=True, blameless=True, ours=True)
CONFLICT = Judgement(
    ErrorKind.DATABASE_CONFLICT, database=True, conflict=True, blameless=True, ours=True
)
VALUE = Judgement(ErrorKind.DATABASE_VALUE, database=True)
CLIENT = Judgement(ErrorKind.DATABASE_CLIENT, transient=True, database=True, ours=True)
OTHER = Judgement(ErrorKind.DATABASE_OTHER, database=True, ours=True)
BROKER_AWAY = Judgement(ErrorKind.BROKER_AWAY, transient=True, database=True, ours=True)
"""An OSError, too."""
CHANNEL = Judgement(ErrorKind.BROKER_CHANNEL, transient=True)
BROKER_OTHER = Judgement(ErrorKind.BROKER_OTHER, transient=True)
UNKNOWN = Judgement(ErrorKind.UNKNOWN)

JUDGED: dict[type[Exception], Judgement] = {
    OSError: NETWORK,
    TimeoutError: NETWORK,
    ConnectionResetError: NETWORK,
    asyncpg.ConnectionDoesNotExistError: AWAY,
    asyncpg.CannotConnectNowError: AWAY,
    asyncpg.AdminShutdownError: AWAY,
    asyncpg.CrashShutdownError: AWAY,
    asyncpg.TooManyConnectionsError: AWAY,
    asyncpg.DeadlockDetectedError: CONFLICT,
    asyncpg.SerializationError: CONFLICT,
    asyncpg.NumericValueOutOfRangeError: VALUE,
    asyncpg.UniqueViolationError: VALUE,
    asyncpg.InterfaceError: CLIENT,
    asyncpg.UndefinedTableError: OTHER,
    asyncpg.InsufficientPrivilegeError: OTHER,
    asyncpg.DiskFullError: OTHER,
    ConnectionClosed: BROKER_AWAY,
    ChannelNotFoundEntity: CHANNEL,
    ChannelInvalidStateError: CHANNEL,
    DeliveryError: BROKER_OTHER,
    KeyError: UNKNOWN,
    RuntimeError: UNKNOWN,
}


@dataclass(frozen=True)
class FakeConnection:
    closed: bool

    def is_closed(self) -> bool:
        return self.closed


def connection(*, closed: bool) -> Connection:
    return cast("Connection", FakeConnection(closed))


@pytest.mark.parametrize(("kind", "expected"), JUDGED.items(), ids=str)
def test_every_judge_reads_one_table(kind: type[Exception], expected: Judgement) -> None:
    error, here = kind.__new__(kind), connection(closed=False)
    assert expected == Judgement(
        classify_error(error),
        transient=isinstance(error, errors.TRANSIENT_ERRORS),
        database=isinstance(error, errors.DATABASE_ERRORS),
        conflict=isinstance(error, errors.CONFLICT_ERRORS),
        blameless=errors.is_infrastructure_failure(error, here),
        ours=errors.is_fault_of_ours(error, here),
    )


@pytest.mark.parametrize("kind", JUDGED, ids=lambda kind: kind.__name__)
def test_over_a_closed_connection_nothing_in_hand_is_to_blame(kind: type[Exception]) -> None:
    error, here = kind.__new__(kind), connection(closed=True)
    assert errors.is_infrastructure_failure(error, here)
    assert errors.is_fault_of_ours(error, here)


def test_a_file_that_is_not_there_is_no_outage() -> None:
    assert errors.is_transient(TimeoutError())
    assert not errors.is_transient(FileNotFoundError())
    assert not errors.is_transient(PermissionError())
