"""Metrics of follow-up, counted from the store: the same from every replica, so take the max."""

from collections.abc import Sequence

from prometheus_client import Gauge

from services.followup.store import Count, Counts
from shared.service.definition import WorkerContext
from shared.service.worker import periodic

PAUSE_SECONDS = 5.0


class Gauges:
    """The gauges of one process, as long as its worker runs."""

    def __init__(self, runtime: WorkerContext) -> None:
        self._runtime = runtime
        gauge = runtime.metrics.gauge
        self.checkins = gauge("checkins_total", "Questions asked and answers", "kind", "outcome")
        self.alerts = gauge("alerts_total", "Alerts raised", "reason", "state")
        self.engagements = gauge("engagements_count", "Engagements", "state", "reason")

    async def refresh(self) -> None:
        """Set every gauge to what the store holds."""
        async with self._runtime.begin() as tx:
            counts = Counts(tx.connection)
            _set(self.checkins, await counts.checkins())
            _set(self.alerts, await counts.alerts())
            _set(self.engagements, await counts.engagements())


def _set(gauge: Gauge, counts: Sequence[Count]) -> None:
    gauge.clear()
    for first, second, number in counts:
        gauge.labels(first, second).set(number)


@periodic(PAUSE_SECONDS)
async def refresh_metrics(runtime: WorkerContext) -> None:
    """Set every gauge to what the store holds."""
    await Gauges(runtime).refresh()
