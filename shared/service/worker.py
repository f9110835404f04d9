"""Loops of a process: they outlive an outage, and end with their process."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar

import structlog

from shared.service.errors import TRANSIENT_ERRORS, error_fields
from shared.service.tasks import wait_with_timeout

Step = Callable[[], Awaitable[int | None]]
"""One turn of a loop; it returns true (or how much was done) where there may be more to do now."""

log = structlog.get_logger()


class Stoppable(Protocol):
    """What tells a worker to end."""

    @property
    def stopping(self) -> asyncio.Event:
        """Set once the process is to end; a loop then finishes what is in hand."""


C = TypeVar("C", bound=Stoppable)
ContextStep = Callable[[C], Awaitable[int | None]]
Worker = Callable[[C], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Period:
    """How often a step is run, in real seconds, and which errors a loop of it outlives.

    `retry_seconds`: the pause after such an error, where it is another one. `failure`: the warning
    that is logged then. Any other error ends the loop.
    """

    seconds: float
    retry_seconds: float | None = None
    failure: str = "database.unreachable"
    outlived: tuple[type[Exception], ...] = TRANSIENT_ERRORS


async def run_step(step: Step, period: Period) -> bool | None:
    """Run a step once: what it returns, or None where it failed with an error that is outlived."""
    try:
        return bool(await step())
    except period.outlived as error:
        log.warning(period.failure, **error_fields(error))
        return None


async def repeat_step(
    step: Step, period: Period, stopping: asyncio.Event, woken: asyncio.Event | None = None
) -> None:
    """Run a step now and every period until `stopping` is set, and at once while there is more.

    `woken` ends a pause early, but not the one after an error; `stopping` is then seen when the
    pause is over.
    """
    retry_seconds = period.seconds if period.retry_seconds is None else period.retry_seconds
    while not stopping.is_set():
        if woken is not None:
            woken.clear()
        more = await run_step(step, period)
        if more is None:
            await wait_with_timeout(stopping, retry_seconds)
        elif not more:
            await wait_with_timeout(woken or stopping, period.seconds)


def periodic(
    seconds: float,
    *,
    retry_seconds: float | None = None,
    failure: str = Period.failure,
) -> Callable[[ContextStep[C]], Worker[C]]:
    """A worker that runs a step with its context, see `repeat_step` and `Period`."""
    period = Period(seconds, retry_seconds, failure)

    def decorate(step: ContextStep[C]) -> Worker[C]:
        @wraps(step)
        async def work(context: C) -> None:
            await repeat_step(lambda: step(context), period, context.stopping)

        return work

    return decorate
