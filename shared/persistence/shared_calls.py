"""Calls that wait while one runs are made together: one round trip for many.

The more there is to do at once, the larger the groups; a single call waits for nothing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class SharedCalls(Generic[Item, Result]):
    """A function of many items, called for one at a time.

    `function` gives a result for each item, in order. When it fails for many, each item is tried
    alone, unless `is_outage` says of the error that it concerns none of them. `most`: items of one
    call; `at_once`: calls that run beside each other.
    """

    def __init__(
        self,
        function: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        is_outage: Callable[[Exception], bool],
        most: int = 200,
        at_once: int = 1,
    ) -> None:
        self._function = function
        self._is_outage = is_outage
        self._most = most
        self._at_once = at_once
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._working: set[asyncio.Task[None] | None] = set()

    async def call(self, item: Item) -> Result:
        """The result for an item. Raises what the function raised for it."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if len(self._working) < self._at_once:
            self._working.add(asyncio.create_task(self._work_off()))
        return await result

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                size = min(self._most, len(self._waiting))
                group = [self._waiting.popleft() for _ in range(size)]
                # Nobody waits any more for what was cancelled.
                await self._make_call([(x, result) for x, result in group if not result.done()])
        finally:
            # At once, so that whoever calls next finds nobody at work and starts anew.
            self._working.discard(asyncio.current_task())

    async def _make_call(self, group: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        if not group:
            return
        try:
            results = await self._function([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - each caller gets it, or is tried alone
            if len(group) == 1 or self._is_outage(error):
                _fail([result for _, result in group], error)
            else:
                for one in group:
                    await self._make_call([one])
        else:
            _resolve([result for _, result in group], results)


def _resolve(futures: Sequence[asyncio.Future[Result]], results: Sequence[Result]) -> None:
    for future, result in zip(futures, results, strict=True):
        if not future.done():
            future.set_result(result)


def _fail(futures: Sequence[asyncio.Future[Any]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
