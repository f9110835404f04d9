"""A loop goes on after an outage, at once while there is more, and ends when stopped."""

import asyncio
from dataclasses import dataclass, field

import pytest

from shared.service.worker import ContextStep, Period, periodic, repeat_step
from tests.support.waiting import PATIENCE

HOUR = 3600.0


@dataclass
class Context:
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
def context() -> Context:
    return Context()


async def run(
    step: ContextStep[Context], context: Context, retry_seconds: float | None = None
) -> None:
    async with asyncio.timeout(PATIENCE):
        await periodic(HOUR, retry_seconds=retry_seconds)(step)(context)


async def test_it_is_run_again_at_once_while_there_is_more(context: Context) -> None:
    turns: list[int] = []

    async def step(_: Context) -> bool:
        turns.append(len(turns))
        if len(turns) == 3:
            context.stopping.set()
        return len(turns) < 3

    await run(step, context)
    assert turns == [0, 1, 2]


async def test_after_an_outage_it_is_tried_again_soon(context: Context) -> None:
    turns: list[int] = []

    async def step(_: Context) -> None:
        turns.append(len(turns))
        if len(turns) == 1:
            raise ConnectionResetError
        context.stopping.set()

    await run(step, context, retry_seconds=0.01)
    assert turns == [0, 1]


async def test_a_mistake_of_ours_ends_it(context: Context) -> None:
    async def step(_: Context) -> None:
        raise KeyError("nobody")

    with pytest.raises(KeyError):
        await run(step, context)


async def test_it_ends_in_the_middle_of_a_pause(context: Context) -> None:
    turns: list[int] = []

    async def step(_: Context) -> None:
        turns.append(len(turns))
        asyncio.get_running_loop().call_soon(context.stopping.set)

    await run(step, context)
    assert turns == [0]


async def test_it_is_woken_from_a_pause() -> None:
    stopping, woken = asyncio.Event(), asyncio.Event()
    turns: list[int] = []

    async def step() -> None:
        turns.append(woken.is_set())
        if len(turns) == 2:
            stopping.set()
        asyncio.get_running_loop().call_soon(woken.set)

    async with asyncio.timeout(PATIENCE):
        await repeat_step(step, Period(HOUR), stopping, woken)
    assert turns == [False, False], "each turn begins with what came before it seen"


async def test_nothing_wakes_it_from_the_pause_after_an_outage() -> None:
    stopping, woken = asyncio.Event(), asyncio.Event()
    turns: list[int] = []

    async def step() -> None:
        turns.append(len(turns))
        woken.set()
        asyncio.get_running_loop().call_later(0.05, stopping.set)
        raise ConnectionResetError

    async with asyncio.timeout(PATIENCE):
        await repeat_step(step, Period(0.0, retry_seconds=HOUR), stopping, woken)
    assert turns == [0]


async def test_what_it_outlives_is_the_loop_s_to_say() -> None:
    stopping = asyncio.Event()
    turns: list[int] = []

    async def step() -> None:
        turns.append(len(turns))
        if len(turns) == 2:
            stopping.set()
        raise LookupError

    async with asyncio.timeout(PATIENCE):
        await repeat_step(step, Period(0.0, outlived=(LookupError,)), stopping)
    assert turns == [0, 1]
