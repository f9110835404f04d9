"""Retention: once a day what has been kept long enough goes, and a report of it stays."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from services.registration.domain.retention import Retention, default_retention, read_retention
from services.registration.store import KeptData
from services.registration.store.late import count_looks
from services.registration.store.retention import before
from services.registration.use_cases.erase_person import erase_person
from services.registration.use_cases.vault_provider import retention_file
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction, TransactionFactory

EVERY = timedelta(days=1)
LEDGER_LATE = timedelta(days=2)
"""How long a row of the ledger may outlive its days, until a job that runs daily took it away."""
AT_ONCE = 100
OF_PEOPLE = ("unconfirmed", "ended", "inactive")
OF_ROWS = ("raw_intake", "technical")

Report = dict[str, int]


def rules() -> Retention:
    """The rules in `BINOME_RETENTION_FILE`, else those that come with the code."""
    return read_rules(retention_file())


def read_rules(path: Path | None) -> Retention:
    """The rules in a file; None: those that come with the code."""
    return read_retention(json.loads(path.read_text())) if path else default_retention()


async def run_if_due(transactions: TransactionFactory) -> Report | None:
    """A day's run; None when another has held it within the day."""
    async with transactions.begin() as tx:
        await KeptData(tx.connection).lock()
        last = await KeptData(tx.connection).last_run()
        if last and last > tx.now - EVERY:
            return None
        await KeptData(tx.connection).keep_report(tx.now, {})
    return await run_retention(transactions)


async def run_retention(transactions: TransactionFactory) -> Report:
    """Erase who, and delete what, has been kept long enough; the report is kept."""
    report = {rule: await _erase_due(rule, transactions) for rule in OF_PEOPLE}
    async with transactions.begin() as tx:
        data = KeptData(tx.connection)
        for rule in OF_ROWS:
            report[rule] = await data.delete_rows(rule, before(tx.now, _days(rule)))
        await data.keep_report(tx.now, report)
    return report


async def count_late_looks(tx: Transaction) -> int:
    """Rows of the ledger that the retention role should have taken away by now."""
    return await count_looks(tx.connection, looks_kept_from(rules(), tx.now) - LEDGER_LATE)


def looks_kept_from(data: Retention, now: datetime) -> datetime:
    """The instant before which rows of the ledger are let go."""
    return before(now, data.ledger)


async def foresee(tx: Transaction) -> Report:
    """How many people a run would erase now, by rule; nothing happens."""
    most = 1_000_000
    data = KeptData(tx.connection)
    return {
        rule: len(await data.due(rule, before(tx.now, _days(rule)), most)) for rule in OF_PEOPLE
    }


async def _erase_due(rule: str, transactions: TransactionFactory) -> int:
    """A person at a time, so that what is done stays done."""
    erased = 0
    while True:
        async with transactions.begin() as tx:
            due = await KeptData(tx.connection).due(rule, before(tx.now, _days(rule)), AT_ONCE)
        for person_id, side in due:
            known: Side = "mentor" if side == "mentor" else "mentee"
            async with transactions.begin() as tx:
                await erase_person(person_id, known, "retention", tx)
        erased += len(due)
        if len(due) < AT_ONCE:
            return erased


def _days(rule: str) -> int:
    days: int = getattr(rules(), rule)
    return days
