"""Calls that wait are made together."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.persistence.shared_calls import SharedCalls


class Function:
    """Doubles numbers, fails on negative ones, and keeps what it was called with."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []

    async def double(self, items: Sequence[int]) -> Sequence[int]:
        self.calls.append(list(items))
        await asyncio.sleep(0)
        if min(items) < 0:
            raise LookupError(min(items))
        return [2 * item for item in items]


@pytest.fixture
def function() -> Function:
    return Function()


def share_calls(function: Function, most: int = 200, at_once: int = 1) -> SharedCalls[int, int]:
    def is_outage(error: Exception) -> bool:
        return "-13" in str(error)

    return SharedCalls(function.double, is_outage, most, at_once)


async def test_calls_of_one_moment_are_one_call(function: Function) -> None:
    calls = share_calls(function)
    assert await asyncio.gather(*(calls.call(n) for n in (3, 1, 2))) == [6, 2, 4]
    assert function.calls == [[3, 1, 2]]


async def test_what_comes_meanwhile_shares_the_next_call(function: Function) -> None:
    calls = share_calls(function)
    first = asyncio.create_task(calls.call(1))
    while not function.calls:
        await asyncio.sleep(0)
    assert [*await asyncio.gather(first, calls.call(2), calls.call(3))] == [2, 4, 6]
    assert function.calls == [[1], [2, 3]]


async def test_a_call_that_follows_at_once_is_made(function: Function) -> None:
    calls = share_calls(function)
    assert [await calls.call(n) for n in range(5)] == [0, 2, 4, 6, 8]


async def test_a_group_has_its_limit(function: Function) -> None:
    calls = share_calls(function, most=2)
    await asyncio.gather(*(calls.call(n) for n in range(5)))
    assert function.calls == [[0, 1], [2, 3], [4]]


async def test_several_groups_may_be_on_their_way(function: Function) -> None:
    calls = share_calls(function, most=1, at_once=3)
    await asyncio.gather(*(calls.call(n) for n in range(3)))
    assert sorted(function.calls) == [[0], [1], [2]]


async def test_one_that_fails_spoils_no_other(function: Function) -> None:
    calls = share_calls(function)
    results = await asyncio.gather(*(calls.call(n) for n in (1, -5, 2)), return_exceptions=True)
    assert [results[0], results[2]] == [2, 4]
    assert isinstance(results[1], LookupError)
    assert function.calls == [[1, -5, 2], [1], [-5], [2]]


async def test_an_outage_is_everybodys_error_at_once(function: Function) -> None:
    calls = share_calls(function)
    results = await asyncio.gather(*(calls.call(n) for n in (1, -13)), return_exceptions=True)
    assert [type(result) for result in results] == [LookupError, LookupError]
    assert function.calls == [[1, -13]]


async def test_nothing_is_called_for_whoever_gave_up(function: Function) -> None:
    calls = share_calls(function)
    first = asyncio.create_task(calls.call(1))
    while not function.calls:
        await asyncio.sleep(0)
    gone = asyncio.create_task(calls.call(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert [*await asyncio.gather(first, calls.call(3))] == [2, 6]
    assert function.calls == [[1], [3]]
