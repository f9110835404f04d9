"""What the clock starts: deadlines of associations and of parents, and another try each day."""

from datetime import date
from uuid import UUID

import structlog

from services.registration.store import Counts, Requests
from services.registration.use_cases import (
    check_guardian,
    consent_question,
    inform_guardian,
    obtain_consent,
    seeing_to_guardians,
)
from services.registration.use_cases import reach_birthday as birthdays
from services.registration.use_cases.apply_retention import count_late_looks, run_if_due
from services.registration.use_cases.change_contact import forget_former_contact, make_due_change
from services.registration.use_cases.hand_on_requests import hand_on_some
from services.registration.use_cases.maintain_keys import move_keys, sweep_keys
from services.registration.use_cases.obtain_consent import forget_unconfirmed
from services.registration.use_cases.raise_doubt import remind_of_doubt
from services.registration.use_cases.reapply_erasures import read_journal, reapply_erasures
from services.registration.use_cases.record_clearance import (
    end_clearance,
    hand_claim_on,
    remind_of_end,
)
from services.registration.use_cases.route_request import reroute, route
from services.registration.use_cases.sign_in import state_open_sessions
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer, WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields
from shared.service.tasks import wait_with_timeout

MEASURE_SECONDS = 5.0
HAND_ON_SECONDS = 3600.0
HANDED_ON_AT_ONCE = 100
ERASURES_SECONDS = 20.0
KEYS_SECONDS = 3600.0
RETENTION_SECONDS = 600.0
LIST_SECONDS = 1.5
"""Between two lists of open sessions; a list counts for `session_store.NEWS_HOLDS`."""

log = structlog.get_logger()


async def expire_association_deadline(timer: Timer, tx: Transaction) -> None:
    """The association's deadline has passed without an answer: on to the next best."""
    request = await Requests(tx.connection).get_for_update(UUID(timer.key))
    if request and request.state == "routed":
        await reroute(request, "silent", tx)


async def retry_routing(timer: Timer, tx: Transaction) -> None:
    """Nobody fitted yesterday. Those who stayed silent are asked once more."""
    await route(UUID(timer.key), tx, anew=True)


async def forget_without_consent(timer: Timer, tx: Transaction) -> None:
    """Three months without a parent's answer."""
    await forget_unconfirmed(UUID(timer.key), tx)


async def remind_of_overdue_doubt(timer: Timer, tx: Transaction) -> None:
    """Five working days without a decision."""
    await remind_of_doubt(UUID(timer.key), tx)


async def list_sessions(runtime: WorkerContext) -> None:
    """Tell the other services which sessions are open, one replica at a time."""
    while not runtime.stopping.is_set():
        try:
            async with runtime.begin() as tx:
                await state_open_sessions(tx)
        except TRANSIENT_ERRORS as error:
            log.warning("database.unreachable", **error_fields(error))
        await wait_with_timeout(runtime.stopping, LIST_SECONDS)


async def remind_of_clearance(timer: Timer, tx: Transaction) -> None:
    """Thirty days before the last day of a mentor's clearance."""
    await remind_of_end(UUID(timer.key), date.fromisoformat(timer.payload["until"]), tx)


async def expire_clearance(timer: Timer, tx: Transaction) -> None:
    """The day after the last day of a mentor's clearance."""
    await end_clearance(UUID(timer.key), date.fromisoformat(timer.payload["until"]), tx)


async def hand_on_overdue_claim(timer: Timer, tx: Transaction) -> None:
    """Five working days without a decision about a claimed clearance."""
    await hand_claim_on(UUID(timer.key), tx)


async def change_contact(timer: Timer, tx: Transaction) -> None:
    """The 48 hours in which the old address could say no are over."""
    await make_due_change(UUID(timer.key), tx)


async def forget_contact(timer: Timer, tx: Transaction) -> None:
    """The old address can no longer say no, and is let go."""
    await forget_former_contact(UUID(timer.key), tx)


async def remind_of_consent(timer: Timer, tx: Transaction) -> None:
    """A parent has not answered yet: asked once more."""
    reminder = list(consent_question.REMINDERS).index(timer.kind) + 1
    await obtain_consent.remind_guardian(UUID(timer.key), reminder, tx)


async def ask_about_guardian(timer: Timer, tx: Transaction) -> None:
    """The guardian is not seen to yet: the association is asked, or reminded."""
    reminder = timer.kind == check_guardian.REMINDER
    await seeing_to_guardians.ask_once_more(UUID(timer.key), tx, reminder=reminder)


async def pass_over_unseen_guardian(timer: Timer, tx: Transaction) -> None:
    """The association did not see to the guardian in time: on to the next best."""
    await seeing_to_guardians.pass_over_silent(UUID(timer.key), tx)


async def reach_birthday(timer: Timer, tx: Transaction) -> None:
    """Somebody is 15 or 18 today."""
    ages = {kind: age for age, kind in inform_guardian.BIRTHDAY.items()}
    await birthdays.reach_birthday(UUID(timer.key), ages[timer.kind], tx)


async def measure(runtime: WorkerContext) -> None:
    """Keep the operator's figures fresh: requests by state, and what was turned away."""
    requests = runtime.metrics.gauge("requests_count", "Requests by state", "state")
    refused = runtime.metrics.gauge("refusals_count", "Registrations turned away", "door", "kind")
    while not runtime.stopping.is_set():
        try:
            async with runtime.begin() as tx:
                counts = Counts(tx.connection)
                for state, count in await counts.requests():
                    requests.labels(state).set(count)
                for door, kind, count in await counts.refusals():
                    refused.labels(door, kind).set(count)
        except TRANSIENT_ERRORS as error:
            log.warning("database.unreachable", **error_fields(error))
        await wait_with_timeout(runtime.stopping, MEASURE_SECONDS)


async def keep_erasures(runtime: WorkerContext) -> None:
    """Finish what a crash left of an erasure, and erase again whom a restore brought back."""
    reapplied = seen = 0
    while not runtime.stopping.is_set():
        try:
            entries = await read_journal()
            # What was added since the last look is most likely being done this very moment.
            due = entries[reapplied : seen or len(entries)]
            if count := await reapply_erasures(due, runtime.transactions):
                log.warning("erasures.reapplied", count=count)
            reapplied, seen = reapplied + len(due), len(entries)
        except (*TRANSIENT_ERRORS, OSError) as error:
            log.warning("erasures.unreachable", **error_fields(error))
        await wait_with_timeout(runtime.stopping, ERASURES_SECONDS)


async def keep_keys(runtime: WorkerContext) -> None:
    """Move keys that still stand beside their people, and sweep those that belong to nobody."""
    while not runtime.stopping.is_set():
        try:
            moved = await move_keys(runtime.transactions)
            swept = await sweep_keys(runtime.transactions)
            if moved:
                log.info("keys.moved", count=moved)
            if swept:
                log.info("keys.swept", count=swept)
        except TRANSIENT_ERRORS as error:
            log.warning("database.unreachable", **error_fields(error))
        await wait_with_timeout(runtime.stopping, KEYS_SECONDS)


async def hand_on_requests(runtime: WorkerContext) -> None:
    """Once a process starts, and every hour: nothing stays with an association that is gone."""
    while not runtime.stopping.is_set():
        try:
            async with runtime.begin() as tx:
                number = await hand_on_some(HANDED_ON_AT_ONCE, tx)
        except TRANSIENT_ERRORS as error:
            log.warning("database.unreachable", **error_fields(error))
            await wait_with_timeout(runtime.stopping, 1.0)
            continue
        if number:
            log.warning("requests.handed_on", count=number)
        else:
            await wait_with_timeout(runtime.stopping, HAND_ON_SECONDS)


async def keep_retention(runtime: WorkerContext) -> None:
    """Once a day, by one replica: what has been kept long enough goes, and is counted."""
    gone = runtime.metrics.gauge("retention_count", "What the last run let go, by rule", "rule")
    while not runtime.stopping.is_set():
        try:
            if report := await run_if_due(runtime.transactions):
                for rule, count in report.items():
                    gone.labels(rule).set(count)
                log.info("retention.done", count=sum(report.values()))
            async with runtime.begin() as tx:
                runtime.metrics.set_aside.labels("ledger_rows").set(await count_late_looks(tx))
        except (*TRANSIENT_ERRORS, OSError) as error:
            log.warning("database.unreachable", **error_fields(error))
        await wait_with_timeout(runtime.stopping, RETENTION_SECONDS)
