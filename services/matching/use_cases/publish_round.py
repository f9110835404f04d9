"""Publishing a round in batches: each its own transaction, nothing published twice, nothing lost.

The order of batches keeps the best scores first, so that where places were lost meanwhile the
best pairs keep those that are left, also across batches.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import structlog
from pydantic import ValidationError

from services.matching.solver_process.race import Interrupted
from services.matching.store import (
    ClaimedRound,
    Explanations,
    Findings,
    JudgedPairs,
    MadePair,
    Pairs,
    Programmes,
    PublicationBatch,
    PublicationBatches,
    PublishedRound,
    Rounds,
)
from services.matching.use_cases.confirm_pairs import confirm_pairs
from services.matching.use_cases.judge_clearance import unsafe_requests
from services.matching.use_cases.propose_pair import propose
from shared.contracts.events import PairProposed, RequestExplained
from shared.persistence.transaction import Transaction
from shared.service.definition import WorkerContext
from shared.service.errors import CONFLICT_ERRORS

LAID_AT_ONCE = 10
"""PublicationBatches written down in one transaction, before the round is accepted."""
YIELD_EVERY = 100
"""Events published between two yields to the event loop."""

log = structlog.get_logger()


class RoundLost(Exception):
    """Another replica has taken the round over."""


class Publishing:
    """Publishes accepted rounds for one replica."""

    def __init__(self, runtime: WorkerContext, lease: timedelta) -> None:
        self._runtime, self._lease = runtime, lease

    async def accept(self, claimed: ClaimedRound, outcome: Findings) -> None:
        """Store its batches, then keep the checked round. Raises RoundLost."""
        for first in range(0, max(len(outcome.batches), 1), LAID_AT_ONCE):
            await self._lay_out(claimed, outcome.batches[first : first + LAID_AT_ONCE], first)
        async with self._runtime.begin() as tx:
            if not await Rounds(tx.connection).accept(claimed, outcome):
                raise RoundLost

    async def _lay_out(
        self, claimed: ClaimedRound, part: Sequence[PublicationBatch], first: int
    ) -> None:
        async with self._runtime.begin() as tx:
            if not await Rounds(tx.connection).prepare(claimed, self._lease):
                raise RoundLost
            batches = PublicationBatches(tx.connection)
            if first == 0:
                await batches.drop(claimed.round_id)
            await batches.lay_out(claimed.round_id, part, first)

    async def publish(self, claimed: ClaimedRound) -> PublishedRound:
        """Publish what is left of an accepted round.

        Raises RoundLost, and Interrupted when the service stops: another goes on from here.
        """
        ended = None
        while ended is None:
            if self._runtime.stopping.is_set():
                raise Interrupted
            ended = await self._next(claimed)
        return ended

    async def _next(self, claimed: ClaimedRound) -> PublishedRound | None:
        """A deadlock with events that move the same people is tried again: one of both has won."""
        try:
            async with self._runtime.begin() as tx:
                return await publish_next_batch(claimed, self._lease, tx)
        except CONFLICT_ERRORS:
            log.warning("round.collided", round_id=str(claimed.round_id))
            return None


async def publish_next_batch(
    claimed: ClaimedRound, lease: timedelta, tx: Transaction
) -> PublishedRound | None:
    """One step: the next batch, or the end of the round. Raises RoundLost."""
    rounds = Rounds(tx.connection)
    if not await rounds.renew(claimed, lease):
        raise RoundLost
    batch = await PublicationBatches(tx.connection).take(claimed.round_id)
    if batch is None:
        return await rounds.publish(claimed)
    made, dropped = await publish_batch(claimed.round_id, batch, tx)
    await rounds.count(claimed.round_id, len(made), dropped)
    return None


async def publish_batch(
    round_id: UUID, batch: PublicationBatch, tx: Transaction
) -> tuple[Sequence[MadePair], int]:
    """Make the pairs of a batch that are still possible and safe today, publish them, and store the
    explanation of every request; returns the pairs made, and how many were dropped. One whose event
    is not valid is set aside."""
    pairs = Pairs(tx.connection)
    await pairs.lock_people(batch.pairs)
    judged = await JudgedPairs(tx.connection).of_proposed(batch.pairs)
    unsafe = await unsafe_requests(judged, tx)
    made, dropped = await pairs.make(round_id, batch.pairs, tx.now, unsafe)
    invalid = [pair for pair in made if not _is_valid(pair, round_id)]
    if invalid:
        await pairs.set_aside([pair.pair_id for pair in invalid], tx.now)
        log.error("round.pairs_set_aside", round_id=str(round_id), count=len(invalid))
        made = [pair for pair in made if pair not in invalid]
    await _publish_pairs(made, round_id, tx)
    await _explain(round_id, batch, made, tx)
    return made, dropped + len(invalid)


def _is_valid(pair: MadePair, round_id: UUID) -> bool:
    try:
        _pair_proposed(pair, round_id, None)
    except ValidationError:
        return False
    return True


def _pair_proposed(pair: MadePair, round_id: UUID, last_day: date | None) -> PairProposed:
    return PairProposed(
        **pair.ids(),
        score=pair.score,
        components=pair.components,
        round_id=round_id,
        answer_until=last_day,
    )


async def _publish_pairs(made: Sequence[MadePair], round_id: UUID, tx: Transaction) -> None:
    last_day = await _last_day(made, tx)
    for place, pair in enumerate(made, start=1):
        tx.publish(_pair_proposed(pair, round_id, last_day))
        if place % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    if last_day is None:
        await confirm_pairs(made, tx)


async def _last_day(made: Sequence[MadePair], tx: Transaction) -> date | None:
    """Until when both sides are asked; None where their programme introduces at once."""
    if not made:
        return None
    programme = await Programmes(tx.connection).with_code(made[0].programme)
    return await propose(made, programme, tx) if programme.mode == "proposal" else None


async def _explain(
    round_id: UUID, batch: PublicationBatch, made: Sequence[MadePair], tx: Transaction
) -> None:
    """Store every explanation; publish it for requests whose explanation is new."""
    explanations = Explanations(tx.connection)
    await explanations.keep_paired(round_id, batch.pairs, [pair.request_id for pair in made])
    for one in await explanations.keep_waiting(round_id, batch.waiting):
        # The sentences stay here: whoever shows it has words of its own for its readers.
        event = {"request_id": one.request_id, "round_id": round_id, "explained_at": tx.now}
        try:
            tx.publish(RequestExplained.model_validate(one.blocking | event))
        except ValidationError:  # the explanation is kept; only the young person's page lacks it
            log.error("request.unexplained", request_id=str(one.request_id))
