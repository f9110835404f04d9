"""A process beside ours where much is computed, so that the event loop never waits for it.

It ends with this process, even a killed one; when it ends alone, the next call starts another.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

NICENESS = 5
"""Niceness of a process that solves rounds: events go first where cores are few."""


class SolverProcessDied(Exception):
    """The process died in the middle of its work (killed, or out of memory)."""


class SolverProcess:
    """Runs one function at a time in the other process, which stays warm until it is closed."""

    def __init__(self, niceness: int = NICENESS) -> None:
        self._niceness = niceness
        self._executor: ProcessPoolExecutor | None = None
        self._pid: int | None = None
        self._opening = asyncio.Lock()

    async def run(self, work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
        """Call `work` (importable, with arguments that can be pickled) over there.

        Raises SolverProcessDied, or what `work` raises.
        """
        try:
            executor = await self._executor_ready()
            return await asyncio.wrap_future(executor.submit(work, *given, **named))
        except BrokenProcessPool as error:
            await self.close()
            raise SolverProcessDied from error

    async def _executor_ready(self) -> ProcessPoolExecutor:
        async with self._opening:
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    max_workers=1,
                    mp_context=get_context("spawn"),
                    initializer=_initialise,
                    initargs=(self._niceness,),
                )
                self._pid = await asyncio.wrap_future(self._executor.submit(os.getpid))
            return self._executor

    async def close(self) -> None:
        """End the process, whatever it is doing; one that is only starting ends by itself."""
        executor, pid = self._executor, self._pid
        self._executor = self._pid = None
        if executor is None:
            return
        if pid is None:
            executor.shutdown(wait=False, cancel_futures=True)
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(executor.shutdown, cancel_futures=True)


def _initialise(niceness: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(niceness)
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
