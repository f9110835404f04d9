"""Opening a connection to the broker."""

import asyncio
import gc
import logging
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiormq.exceptions import AMQPConnectionError

from shared.messaging.connection import open_connection

CLOSED_PORT = "amqp://127.0.0.1:1/"


def fail_to_connect() -> list[str]:
    """What Python warns of when the garbage collector comes while the event loop does not run."""
    loop = asyncio.new_event_loop()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with pytest.raises(AMQPConnectionError):
            loop.run_until_complete(open_connection(CLOSED_PORT))
        gc.collect()
    loop.close()
    return [str(warning.message) for warning in seen]


def test_a_connection_that_failed_to_open_leaves_nothing_to_close(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In a thread of its own, where no other loop is the current one."""
    # A log record would hold the error, and with it the connection.
    caplog.set_level(logging.CRITICAL, logger="aiormq.connection")
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(fail_to_connect).result() == []
