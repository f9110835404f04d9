"""What runs beside registration's pages: sessions, figures, erasures, keys, retention."""

import structlog

from services.registration.store import Counts
from services.registration.store.requests_in_hand import merge_counts
from services.registration.use_cases.apply_retention import count_late_looks, run_if_due
from services.registration.use_cases.hand_on_requests import hand_on_some
from services.registration.use_cases.maintain_keys import move_keys, sweep_keys
from services.registration.use_cases.reapply_erasures import read_journal, reapply_erasures
from services.registration.use_cases.sign_in import state_open_sessions
from shared.persistence.transaction import TransactionFactory
from shared.service.definition import WorkerContext
from shared.service.worker import Period, periodic, repeat_step

HANDED_ON_AT_ONCE = 100
LIST_SECONDS = 1.5
"""Between two lists of open sessions; a list counts for `persistence.sessions.NEWS_HOLDS`."""

log = structlog.get_logger()


@periodic(LIST_SECONDS)
async def list_sessions(runtime: WorkerContext) -> None:
    """Publish to the other services which sessions are open, one replica at a time."""
    async with runtime.begin() as tx:
        await state_open_sessions(tx)


@periodic(5.0)
async def refresh_metrics(runtime: WorkerContext) -> None:
    """Set the operator's figures: requests by state, and what was turned away."""
    gauge = runtime.metrics.gauge
    requests = gauge("requests_count", "Requests by state", "state")
    refusals = gauge("refusals_count", "Registrations turned away", "door", "kind")
    async with runtime.begin() as tx:
        counts = Counts(tx.connection)
        for state, count in await counts.requests():
            requests.labels(state).set(count)
        for source, kind, count in await counts.refusals():
            refusals.labels(source, kind).set(count)


@periodic(2.0)
async def merge_request_counts(runtime: WorkerContext) -> None:
    """Keep the counts of requests in hand short to read."""
    async with runtime.begin() as tx:
        await merge_counts(tx.connection)


async def finish_erasures(runtime: WorkerContext) -> None:
    """Finish what a crash left of an erasure, and erase again whom a restore brought back."""
    reader = _JournalReader(runtime.transactions)
    await repeat_step(
        reader.reapply_new, Period(20.0, failure="erasures.unreachable"), runtime.stopping
    )


class _JournalReader:
    """How far this worker has read the journal of erasures."""

    def __init__(self, transactions: TransactionFactory) -> None:
        self._transactions = transactions
        self._reapplied = self._read = 0

    async def reapply_new(self) -> None:
        """Erase once more who was written into the journal before the last look at it."""
        entries = await read_journal()
        # What was added since the last look is most likely being done this very moment.
        due = entries[self._reapplied : self._read or len(entries)]
        if count := await reapply_erasures(due, self._transactions):
            log.warning("erasures.reapplied", count=count)
        self._reapplied, self._read = self._reapplied + len(due), len(entries)


@periodic(3600.0)
async def maintain_keys(runtime: WorkerContext) -> None:
    """Move keys that still stand beside their people, and sweep those that belong to nobody."""
    moved = await move_keys(runtime.transactions)
    swept = await sweep_keys(runtime.transactions)
    if moved:
        log.info("keys.moved", count=moved)
    if swept:
        log.info("keys.swept", count=swept)


@periodic(3600.0, retry_seconds=1.0)
async def hand_on_requests(runtime: WorkerContext) -> bool:
    """Once a process starts, and every hour: nothing stays with an association that is gone."""
    async with runtime.begin() as tx:
        number = await hand_on_some(HANDED_ON_AT_ONCE, tx)
    if number:
        log.warning("requests.handed_on", count=number)
    return number > 0


@periodic(600.0)
async def apply_retention(runtime: WorkerContext) -> None:
    """Once a day, by one replica: what has been kept long enough goes, and is counted."""
    gone = runtime.metrics.gauge("retention_count", "What the last run let go, by rule", "rule")
    if report := await run_if_due(runtime.transactions):
        for rule, count in report.items():
            gone.labels(rule).set(count)
        log.info("retention.done", count=sum(report.values()))
    async with runtime.begin() as tx:
        runtime.metrics.set_aside.labels("ledger_rows").set(await count_late_looks(tx))
