"""Handlers of a batch: statements that they share, and locks between them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar, copy_context
from typing import Any, cast

import pytest

from shared.persistence.batch import (
    Batch,
    BatchBlocked,
    BatchConnection,
    PlainConnection,
    lock_in_batch,
    read_once,
    share_change,
    share_statement,
)

Handler = Callable[[BatchConnection], Awaitable[Any]]


class NoDatabase:
    """The functions of these tests answer by themselves; only the batch itself speaks to it."""

    async def execute(self, query: str) -> str:
        return query


PLAIN = cast("PlainConnection", NoDatabase())


class Statements:
    """Two functions that are shared, and with which items each was called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[int]]] = []

        @share_statement
        async def double(connection: PlainConnection, items: Sequence[int]) -> Sequence[int]:
            await asyncio.sleep(0)
            self.calls.append(("double", list(items)))
            return [2 * item for item in items]

        @share_change
        async def keep(connection: PlainConnection, items: Sequence[int]) -> None:
            self.calls.append(("keep", list(items)))

        self.double, self.keep = double, keep


async def run(*handlers: Handler) -> None:
    await Batch(PLAIN).run([(handler, None) for handler in handlers])


async def test_handlers_share_each_statement_step_by_step() -> None:
    made, results = Statements(), {}

    def handler(n: int) -> Handler:
        async def handle(connection: BatchConnection) -> None:
            doubled = await made.double(connection, n)
            await made.keep(connection, doubled)
            results[n] = doubled

        return handle

    await run(*(handler(n) for n in range(4)))
    assert made.calls == [("double", [0, 1, 2, 3]), ("keep", [0, 2, 4, 6])]
    assert results == {0: 0, 1: 2, 2: 4, 3: 6}


async def test_a_handler_that_waits_for_something_else_is_waited_for() -> None:
    made, answered = Statements(), asyncio.Event()

    async def slow(connection: BatchConnection) -> None:
        await answered.wait()
        await made.double(connection, 1)

    async def fast(connection: BatchConnection) -> None:
        asyncio.get_running_loop().call_later(0.01, answered.set)
        await made.double(connection, 2)

    await run(slow, fast)
    assert [(name, sorted(items)) for name, items in made.calls] == [("double", [1, 2])]


async def test_handlers_of_different_length_end_each_in_its_time() -> None:
    made = Statements()

    def handler(steps: int) -> Handler:
        async def handle(connection: BatchConnection) -> None:
            for step in range(steps):
                await made.keep(connection, step)

        return handle

    await run(handler(1), handler(3), handler(2))
    assert made.calls == [("keep", [0, 0, 0]), ("keep", [1, 1]), ("keep", [2])]


async def test_outside_of_a_batch_a_function_is_called_with_one_item() -> None:
    made = Statements()
    assert await made.double(PLAIN, 21) == 42
    await made.keep(PLAIN, 1)
    assert made.calls == [("double", [21]), ("keep", [1])]


async def test_handlers_that_name_one_key_run_one_after_the_other() -> None:
    made = Statements()

    def handler(n: int, keys: set[str]) -> Handler:
        async def handle(connection: BatchConnection) -> None:
            await lock_in_batch(connection, keys)
            await made.double(connection, n)
            await made.keep(connection, n)

        return handle

    await run(handler(1, {"a", "b"}), handler(2, {"b", "c"}), handler(3, {"c"}), handler(4, {"d"}))
    # The third one came after the second, which waits for the same key.
    assert made.calls == [
        ("double", [1, 4]),
        ("keep", [1, 4]),
        ("double", [2]),
        ("keep", [2]),
        ("double", [3]),
        ("keep", [3]),
    ]


async def test_a_handler_may_lock_again_what_it_holds() -> None:
    made = Statements()

    async def twice(connection: BatchConnection) -> None:
        await lock_in_batch(connection, ["a"])
        await made.double(connection, 1)
        await lock_in_batch(connection, ["a", "b"])
        await made.double(connection, 2)

    async def other(connection: BatchConnection) -> None:
        await lock_in_batch(connection, ["a"])
        await made.double(connection, 3)

    await run(twice, other)
    assert [items for _, items in made.calls] == [[1], [2], [3]]


async def test_handlers_that_wait_for_each_other_are_told_apart() -> None:
    made = Statements()

    def handler(first: str, second: str) -> Handler:
        async def handle(connection: BatchConnection) -> None:
            await lock_in_batch(connection, [first])
            await made.double(connection, 1)
            await lock_in_batch(connection, [second])

        return handle

    with pytest.raises(BatchBlocked):
        await run(handler("a", "b"), handler("b", "a"))


async def test_the_error_of_one_handler_ends_the_batch() -> None:
    made, ended = Statements(), []

    async def bad(connection: BatchConnection) -> None:
        await made.double(connection, 1)
        raise LookupError("nobody of that name")

    async def good(connection: BatchConnection) -> None:
        try:
            await made.double(connection, 2)
            await asyncio.Event().wait()
        finally:
            ended.append("good")

    with pytest.raises(LookupError, match="nobody"):
        await run(bad, good)
    assert ended == ["good"]


async def test_the_error_of_a_statement_is_raised_as_it_is() -> None:
    @share_change
    async def fail(connection: PlainConnection, items: Sequence[int]) -> None:
        raise ValueError(len(items))

    async def handle(connection: BatchConnection) -> None:
        await fail(connection, 1)

    with pytest.raises(ValueError, match="2"):
        await run(handle, handle)


async def test_what_is_read_once_is_one_value_for_all() -> None:
    reads, seen = [], []

    @read_once
    async def count(connection: PlainConnection) -> list[int]:
        reads.append(1)
        return [0]

    async def handle(connection: BatchConnection) -> None:
        value = await count(connection)
        value[0] += 1
        seen.append((await count(connection))[0])

    await run(handle, handle, handle)
    assert (len(reads), seen) == (1, [1, 2, 3])
    assert await count(PLAIN) == [0], "outside of a batch it is read each time"


async def test_each_handler_runs_in_its_own_context() -> None:
    name: ContextVar[str] = ContextVar("name")
    seen = []

    async def handle(connection: BatchConnection) -> None:
        seen.append(name.get())

    contexts = [copy_context(), copy_context()]
    for context, value in zip(contexts, "ab", strict=True):
        context.run(name.set, value)
    await Batch(PLAIN).run([(handle, context) for context in contexts])
    assert seen == ["a", "b"]


async def test_a_statement_on_its_way_holds_up_nobody_who_ended() -> None:
    """Two functions in one step, one of which is the last call of those who made it."""
    made = Statements()

    async def short(connection: BatchConnection) -> None:
        await made.keep(connection, 1)

    async def long(connection: BatchConnection) -> None:
        await made.double(connection, 2)
        await made.keep(connection, 3)

    await run(*[short] * 5, *[long] * 5)
    assert made.calls == [("keep", [1] * 5), ("double", [2] * 5), ("keep", [3] * 5)]
