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
OPEN_SECONDS = 10

Prepare = Callable[[AbstractChannel], Awaitable[None]]


class ReconnectingChannel:
    """`prepare` is called with each newly opened channel, before anybody else uses it."""

    def __init__(self, url: str, name: str, prepare: Prepare | None = None) -> None:
        self._url = with_connection_name(url, name)
        self._prepare = prepare
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._opening: asyncio.Task[AbstractChannel] | None = None

    async def channel(self) -> AbstractChannel:
        """The open channel, with confirms. Waits while the broker asks publishers to wait.

        Raises the connection's errors; the caller sets the time limit.
        """
        channel = self._channel
        if channel is None or channel.is_closed or not self._is_connected:
            channel = await self._ensure_open()
        transport = self._connection.transport if self._connection else None
        if transport is None:
            raise ConnectionResetError
        # What is written during a memory alarm arrives later, however long ago we gave it up.
        await transport.ready()
        return channel

    async def close(self) -> None:
        """Close the connection; the next use opens a new one."""
        if self._opening is not None:
            self._opening.cancel()
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            await connection.close()

    @property
    def _is_connected(self) -> bool:
        # aio-pika calls a lost connection open until somebody closes it.
        return self._connection is not None and self._connection.connected.is_set()

    async def _ensure_open(self) -> AbstractChannel:
        """One attempt for all who wait: while the broker is away they fail together."""
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(_consume_exception)
        return await asyncio.shield(self._opening)

    async def _open(self) -> AbstractChannel:
        async with asyncio.timeout(OPEN_SECONDS):
            connection = await self._connect()
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            if self._prepare:
                await self._prepare(channel)
        self._channel = channel
        return channel

    async def _connect(self) -> AbstractConnection:
        if self._connection is not None and not self._is_connected:
            lost, self._connection = self._connection, None
            await lost.close()
        if self._connection is None:
            self._connection = await open_connection(self._url, heartbeat=HEARTBEAT_SECONDS)
        return self._connection


async def open_connection(url: str, heartbeat: int | None = None) -> AbstractConnection:
    """A connection to the broker; `heartbeat` in seconds, else what the broker proposes.

    Raises the errors of connecting; nothing stays open then.
    """
    return await aio_pika.connect(url, connection_class=_ClosedOnFailure, heartbeat=heartbeat)


class _ClosedOnFailure(aio_pika.Connection):
    """aio-pika leaves a connection that failed to open for the garbage collector to close, which
    fails where no event loop runs at that moment."""

    async def connect(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - overrides
        try:
            await super().connect(timeout)
        except BaseException:
            await self.close()
            raise


def _consume_exception(opening: asyncio.Task[AbstractChannel]) -> None:
    """An attempt may fail when nobody waits for it any more."""
    if not opening.cancelled():
        opening.exception()


def with_connection_name(url: str, name: str) -> str:
    """The address with a name for the connection, as an operator sees it in RabbitMQ's lists."""
    return f"{url}{'&' if '?' in url else '?'}name={quote(name)}"


@asynccontextmanager
async def connection_loss_as_error() -> AsyncIterator[None]:
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
