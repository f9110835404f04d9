"""A connection to the broker with one channel, opened when needed and again after a loss."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import quote

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelInvalidStateError

HEARTBEAT_SECONDS = 20
"""A peer that falls silent without a word is given up after three of them."""

Prepare = Callable[[AbstractChannel], Awaitable[None]]


class Line:
    """`prepare` is called with each newly opened channel, before anybody else uses it."""

    def __init__(self, url: str, name: str, prepare: Prepare | None = None) -> None:
        self._url = named(url, name)
        self._prepare = prepare
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()

    async def channel(self) -> AbstractChannel:
        """The open channel, with confirms. Waits while the broker asks publishers to wait.

        Raises the connection's errors; the caller sets the time limit.
        """
        async with self._opening:
            connection = await self._connected()
            if self._channel is None or self._channel.is_closed:
                self._channel = None
                channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
                if self._prepare:
                    await self._prepare(channel)
                self._channel = channel
            return self._channel

    async def close(self) -> None:
        """Close the connection; the next use opens a new one."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> AbstractConnection:
        if self._connection is not None and not self._connection.connected.is_set():
            # aio-pika calls a lost connection open until it is closed.
            await self.close()
        if self._connection is None:
            self._connection = await aio_pika.connect(self._url, heartbeat=HEARTBEAT_SECONDS)
        if self._connection.transport is None:
            raise ConnectionResetError
        # What is written during a memory alarm arrives later, however long ago we gave it up.
        await self._connection.transport.ready()
        return self._connection


def named(url: str, name: str) -> str:
    """The address with a name for the connection, as an operator sees it in RabbitMQ's lists."""
    return f"{url}{'&' if '?' in url else '?'}name={quote(name)}"


@asynccontextmanager
async def losing_is_an_error() -> AsyncIterator[None]:
    """A lost connection cancels what waits for it, or is a RuntimeError: here ConnectionResetError.

    A cancellation that is meant for this task stays one.
    """
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise ConnectionResetError("the broker's connection was lost") from None
    except ChannelInvalidStateError:
        raise
    except RuntimeError as error:
        raise ConnectionResetError("the broker's connection is closed") from error
