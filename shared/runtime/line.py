"""A connection to the broker with one channel, opened when needed and again after a loss."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection

Prepare = Callable[[AbstractChannel], Awaitable[None]]


class Line:
    """`prepare` is called with each newly opened channel, before anybody else uses it."""

    def __init__(self, url: str, name: str, prepare: Prepare | None = None) -> None:
        self._url = url
        self._name = name
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
            self._connection = await aio_pika.connect(
                self._url, client_properties={"connection_name": self._name}
            )
        if self._connection.transport is None:
            raise ConnectionResetError
        # What is written during a memory alarm arrives later, however long ago we gave it up.
        await self._connection.transport.ready()
        return self._connection


@asynccontextmanager
async def losing_is_an_error() -> AsyncIterator[None]:
    """A lost connection cancels what waits for it: turned into ConnectionResetError.

    A cancellation that is meant for this task stays one.
    """
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise ConnectionResetError("the broker's connection was lost") from None
