"""Metrics of follow-up, counted from the store: the same from every replica, so take the max."""

from collections.abc import Sequence

import structlog
from prometheus_client import Gauge

from services.followup.store import Count, Counts
from shared.service.definition import WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields
from shared.service.tasks import wait_with_timeout

PAUSE_SECONDS = 5.0

log = structlog.get_logger()


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


async def refresh_metrics(runtime: WorkerContext) -> None:
    """Count every few seconds until the service stops."""
    gauges = Gauges(runtime)
    while not runtime.stopping.is_set():
        await _refresh(gauges)
        await wait_with_timeout(runtime.stopping, PAUSE_SECONDS)


async def _refresh(gauges: Gauges) -> None:
    try:
        await gauges.refresh()
    except TRANSIENT_ERRORS as error:
        log.warning("database.unreachable", **error_fields(error))
