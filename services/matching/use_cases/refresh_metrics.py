"""Metrics of matching: what this replica did, and what the store holds (of that take the max)."""

from services.matching.store import Findings, History, PublishedRound
from services.matching.store.arrivals import Answer
from shared.service.definition import WorkerContext
from shared.service.metrics import Metrics
from shared.service.worker import periodic

PAUSE_SECONDS = 5.0
ENDS = ("published", "failed", "rejected")


class RoundMetrics:
    """What one replica counts of the rounds it holds."""

    def __init__(self, metrics: Metrics) -> None:
        self._rounds = metrics.counter("rounds_total", "Rounds brought to an end", "state")
        self._seconds = metrics.histogram("round_seconds", "From the pool to the best round")
        self._pairs = metrics.counter("pairs_total", "Pairs made")
        self._faulty = metrics.counter("faulty_pairs_total", "Pairs that the verifier held back")
        for state in ENDS:  # an increase is only seen of what was 0 before
            self._rounds.labels(state)

    def count_published(self, ended: PublishedRound) -> None:
        """Count a published round with its seconds, pairs and those held back."""
        self._rounds.labels("published").inc()
        self._seconds.observe(ended.seconds)
        self._pairs.inc(ended.pairs)
        self._faulty.inc(ended.held_back)

    def count_failed(self) -> None:
        """Count a round that failed."""
        self._rounds.labels("failed").inc()

    def count_rejected(self, outcome: Findings) -> None:
        """The proof does not hold: nothing of the round was published."""
        self._rounds.labels("rejected").inc()
        self._faulty.inc(outcome.held_back)


class ArrivalMetrics:
    """What one replica counts of those it answers as they come."""

    def __init__(self, metrics: Metrics) -> None:
        text = "From a request that comes to a large pool to its answer on kept prices"
        self._seconds = metrics.histogram("arrival_seconds", text, "answer")

    def observe(self, answer: Answer) -> None:
        """Note the seconds of an arrival's answer, by what came of it."""
        self._seconds.labels("pair" if answer.found else "next_round").observe(answer.seconds)


class Gauges:
    """What the store holds, as gauges."""

    def __init__(self, runtime: WorkerContext) -> None:
        self._runtime = runtime
        gauge = runtime.metrics.gauge
        self._waiting = gauge("waiting_requests", "Requests that wait for a mentor")
        self._places = gauge("free_places", "Places that mentors have free")
        self._worst_gap = gauge("worst_gap_ratio", "The most that a published round left open")

    async def refresh(self) -> None:
        """Set every gauge to what the store holds."""
        async with self._runtime.begin() as tx:
            state = await History(tx.connection).now()
        self._waiting.set(state.waiting)
        self._places.set(state.places)
        self._worst_gap.set(state.worst_gap)


@periodic(PAUSE_SECONDS)
async def refresh_metrics(runtime: WorkerContext) -> None:
    """Set every gauge to what the store holds."""
    await Gauges(runtime).refresh()
