"""The worker that answers whoever comes to a large pool, without another round of it.

Every replica keeps what the last round of each such pool left open, and looks several times a
second who has come. Where nothing is found, or anything is not as it should be, the next round
takes care of it, as it does in a small pool.
"""

import asyncio
from collections.abc import Sequence

import structlog

from services.matching.settings import MatchingSettings
from services.matching.store.arrivals import Arrivals, KeptRound
from services.matching.use_cases.match_arrivals import ResidualRound, answer_some
from services.matching.use_cases.refresh_metrics import ArrivalMetrics
from shared.service.definition import WorkerContext
from shared.service.errors import CONFLICT_ERRORS
from shared.service.worker import Period, repeat_step

POLL_SECONDS = 0.1

log = structlog.get_logger()


async def process_arrivals(runtime: WorkerContext) -> None:
    """Answer those who come until the service stops."""
    processor = ArrivalProcessor(runtime, ArrivalMetrics(runtime.metrics))
    await repeat_step(processor.step, Period(POLL_SECONDS), runtime.stopping)


class ArrivalProcessor:
    """Answers for one replica."""

    def __init__(self, runtime: WorkerContext, meters: ArrivalMetrics) -> None:
        if not isinstance(runtime.settings, MatchingSettings):
            raise TypeError("arrivals need the settings of matching")
        self._from = runtime.settings.matching_arrivals_from
        self._runtime, self._meters = runtime, meters
        self._open: dict[str, ResidualRound] = {}

    async def step(self) -> bool:
        """Answer some in every pool where somebody has come; false when nobody was answered."""
        async with self._runtime.begin() as tx:
            pools = await Arrivals(tx.connection).get_rounds(self._from)
        await self._refresh(pools)
        answers = [await self._answer(pool) for pool in pools if pool.awaited]
        return any(answers)

    async def _refresh(self, pools: Sequence[KeptRound]) -> None:
        """Store what was left open as soon as a round is published; forget what is past."""
        self._open = {
            pool.programme: known
            for pool in pools
            if (known := self._open.get(pool.programme)) and known.kept.round_id == pool.round_id
        }
        for pool in pools:
            if pool.programme not in self._open:
                self._open[pool.programme] = await self._load_residual(pool)

    async def _load_residual(self, pool: KeptRound) -> ResidualRound:
        async with self._runtime.begin() as tx:
            left = await Arrivals(tx.connection).get_residual(pool.round_id)
        # Some tenths of a second for a country, and it stays in our memory: not in another process
        # but in a thread, so that events go on.
        return await asyncio.to_thread(ResidualRound, pool, left)

    async def _answer(self, pool: KeptRound) -> bool:
        """What was taken in memory counts only with the commit: without one, all is read anew."""
        open_round = self._open.pop(pool.programme)
        try:
            async with self._runtime.begin() as tx:
                answers = await answer_some(open_round, tx)
        except CONFLICT_ERRORS:
            log.warning("arrival.collided", round_id=str(pool.round_id))
            return True
        self._open[pool.programme] = open_round
        for answer in answers:
            self._meters.observe(answer)
        return bool(answers)
