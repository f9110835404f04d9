"""Cancelling tasks: one that swallows a cancellation is cancelled again."""

import asyncio

from shared.service.tasks import cancel_and_wait
from tests.support.waiting import PATIENCE


class Deaf:
    """A loop that loses so many cancellations to the error of a connection that broke."""

    def __init__(self, missed: int) -> None:
        self.missed = missed

    async def run(self) -> None:
        while True:
            try:
                await self._work()
            except OSError:
                self.missed -= 1

    async def _work(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            if self.missed:
                raise ConnectionResetError


async def test_a_swallowed_cancellation_is_repeated() -> None:
    tasks = [asyncio.create_task(Deaf(missed).run()) for missed in (0, 1, 3)]
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        await cancel_and_wait(*tasks, retry_seconds=0.01)
    assert all(task.cancelled() for task in tasks)


async def test_what_has_ended_by_itself_is_let_be() -> None:
    async def fall() -> None:
        raise LookupError

    fallen = asyncio.create_task(fall())
    await asyncio.sleep(0)
    await cancel_and_wait(fallen)
    assert isinstance(fallen.exception(), LookupError)
