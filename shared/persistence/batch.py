"""Work for many messages in one transaction, in which their statements are shared.

A handler is written for one message. In a batch handlers run side by side, and whenever all of them
wait, the calls that they made of one function (`share_statement`) are made together: one statement
for all. The pattern is known as a data loader, and from Haxl (Marlow and others, "There is no
fork", ICFP 2014).

Locks of the database do not hold back two handlers of one transaction: `lock_in_batch` does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from contextvars import Context
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import asyncpg

from shared.persistence.batch_locks import BatchLocks

PlainConnection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
Item = TypeVar("Item")
Result = TypeVar("Result")
SetFunction = Callable[[PlainConnection, Sequence[Any]], Awaitable[Sequence[Any] | None]]
Handler = Callable[["BatchConnection"], Awaitable[Any]]


_PLAN_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"
"""A plan that is kept was made for a table of another size and for sets of no known size: a join
may begin at its wrong end, and go through the whole table for each batch."""


class BatchBlocked(Exception):
    """Handlers of a batch wait for each other's locks; alone each of them goes through."""


@dataclass(frozen=True)
class _Call:
    item: Any
    result: asyncio.Future[Any]


class Batch:
    """One transaction, on one connection, that several handlers share."""

    def __init__(self, connection: PlainConnection) -> None:
        self.connection = connection
        self.statement = asyncio.Lock()
        """Held by whoever uses the connection at the moment."""
        self.values: dict[Callable[..., Any], Any] = {}
        """What was read once for all handlers, by the function that read it."""
        self._calls: dict[SetFunction, list[_Call]] = {}
        self._locks = BatchLocks()
        self._running = 0
        self._waiting = 0
        self._stalled = asyncio.Event()

    async def run(self, handlers: Sequence[tuple[Handler, Context | None]]) -> None:
        """Run handlers side by side, each in its context where one is given.

        Raises what the first of them raised, or BatchBlocked; the others are cancelled then.
        """
        self._running = len(handlers)
        await self.connection.execute(_PLAN_ANEW)
        try:
            async with asyncio.TaskGroup() as tasks:
                for handler, context in handlers:
                    tasks.create_task(self._run_one(handler), context=context)
                while self._running:
                    await self._stalled.wait()
                    self._stalled.clear()
                    # Else somebody went on while a statement for others was on its way.
                    if self._waiting >= self._running:
                        await self._make_calls()
        except BaseExceptionGroup as errors:
            raise _first_of(errors) from None

    async def call(self, function: SetFunction, item: Any) -> Any:
        """The result of `function` for one item, once all handlers wait."""
        call = _Call(item, asyncio.get_running_loop().create_future())
        self._calls.setdefault(function, []).append(call)
        return await self._wait_for(call.result)

    async def lock(self, owner: "BatchConnection", keys: Collection[Hashable]) -> None:
        """Wait until no other handler of this batch holds one of the keys, and hold them all."""
        granted = self._locks.request(owner, keys)
        if granted is not None:
            await self._wait_for(granted)

    async def _wait_for(self, future: asyncio.Future[Any]) -> Any:
        self._waiting += 1
        self._note_stall()
        return await future

    async def _run_one(self, handler: Handler) -> None:
        connection = BatchConnection(self)
        try:
            await handler(connection)
        finally:
            for granted in self._locks.release(connection):
                self._resolve(granted, None)
            self._running -= 1
            self._note_stall()

    def _note_stall(self) -> None:
        if self._waiting >= self._running:
            self._stalled.set()

    async def _make_calls(self) -> None:
        calls, self._calls = self._calls, {}
        if self._running and not calls:
            raise BatchBlocked
        for function, waiting in calls.items():
            async with self.statement:
                results = await function(self.connection, [call.item for call in waiting])
            for call, result in zip(waiting, results or [None] * len(waiting), strict=True):
                self._resolve(call.result, result)

    def _resolve(self, future: asyncio.Future[Any], result: Any) -> None:
        # Counted here: whoever resumes first must not find the others still waiting.
        self._waiting -= 1
        if not future.done():
            future.set_result(result)


class BatchConnection:
    """The connection of one handler of a batch. Statements of its own are made at once, one at a
    time on the connection that all share."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    async def execute(self, query: str, *args: Any) -> str:
        """Run a statement; its command tag."""
        async with self.batch.statement:
            return await self.batch.connection.execute(query, *args)

    async def fetch(self, query: str, *args: Any) -> list[asyncpg.Record]:
        """All rows of a statement."""
        async with self.batch.statement:
            return await self.batch.connection.fetch(query, *args)

    async def fetchrow(self, query: str, *args: Any) -> asyncpg.Record | None:
        """The first row of a statement."""
        async with self.batch.statement:
            return await self.batch.connection.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row."""
        async with self.batch.statement:
            return await self.batch.connection.fetchval(query, *args)

    async def executemany(self, query: str, args: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each of the arguments."""
        async with self.batch.statement:
            await self.batch.connection.executemany(query, args)

    def is_closed(self) -> bool:
        """Whether the connection was lost."""
        return self.batch.connection.is_closed()


Connection = PlainConnection | BatchConnection


def share_statement(
    function: Callable[[PlainConnection, Sequence[Item]], Awaitable[Sequence[Result]]],
) -> Callable[[Connection, Item], Awaitable[Result]]:
    """A function of one item, from one of many items that gives a result for each, in order.

    Outside of a batch it is called with one item. Nothing may follow from the order of the items.
    """

    @wraps(function)
    async def call(connection: Connection, item: Item) -> Result:
        if isinstance(connection, BatchConnection):
            result: Result = await connection.batch.call(function, item)
            return result
        return (await function(connection, [item]))[0]

    return call


def share_change(
    function: Callable[[PlainConnection, Sequence[Item]], Awaitable[None]],
) -> Callable[[Connection, Item], Awaitable[None]]:
    """The same for a function without a result."""

    @wraps(function)
    async def call(connection: Connection, item: Item) -> None:
        if isinstance(connection, BatchConnection):
            await connection.batch.call(function, item)
        else:
            await function(connection, [item])

    return call


def read_once(
    function: Callable[[PlainConnection], Awaitable[Result]],
) -> Callable[[Connection], Awaitable[Result]]:
    """A function without an item whose result all handlers of a batch have in common."""

    async def read_for_all(connection: PlainConnection, items: Sequence[None]) -> list[Result]:
        return [await function(connection)] * len(items)

    @wraps(function)
    async def call(connection: Connection) -> Result:
        if not isinstance(connection, BatchConnection):
            return await function(connection)
        values = connection.batch.values
        if function not in values:
            read: Result = await connection.batch.call(read_for_all, None)
            values.setdefault(function, read)
        result: Result = values[function]
        return result

    return call


async def lock_in_batch(connection: Connection, keys: Collection[Hashable]) -> None:
    """Let handlers of one batch that name the same key run one after the other from here on.

    A handler that locks twice names its keys in the same order of kinds as all others do.
    """
    if isinstance(connection, BatchConnection):
        await connection.batch.lock(connection, keys)


def _first_of(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    first = errors.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first
