"""A file of people, row by row through the same validation as every other entrypoint.

A refused row says why; its neighbours come in. Sending the same file again is harmless where its
rows have an `id`: whoever came under that id is recognised. A row without one that resembles
somebody known comes in and waits for a decision, like at every entrypoint.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.use_cases.add_person import Origin
from services.registration.use_cases.register_from_input import note_refusal, register_from_input
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction, TransactionFactory
from shared.spreadsheets import Column, Row

ORIGIN = Origin("import")
IGNORED = ("avoid", "éviter")
"""Columns of the matching files that mean nothing here."""

_EVERYBODY = (
    Column("id", ("reference", "référence")),
    Column("first_name", ("prénom",), required=True),
    Column("last_name", ("nom", "nom_de_famille"), required=True),
    Column("born", ("né_le", "née_le", "date_de_naissance"), required=True),
    Column("department", ("département",), required=True),
    Column("commune"),
    Column("slots", ("créneaux",), required=True),
    Column("languages", ("langues",)),
    Column("sectors", ("secteurs",)),
    Column("remote", ("à_distance",)),
    Column("since", ("inscrit_le",)),
    Column("phone", ("téléphone", "mobile", "portable")),
    Column("consent", ("accord", "consentement"), required=True),
    Column("lang", ("langue_des_messages",)),
)
_GUARDIAN = (
    Column("guardian_first_name", ("prénom_du_parent",)),
    Column("guardian_last_name", ("nom_du_parent",)),
    Column("guardian_email", ("mail_du_parent",)),
    Column("guardian_phone", ("mobile_du_parent", "téléphone_du_parent", "portable_du_parent")),
)
COLUMNS: dict[Side, Sequence[Column]] = {
    "mentee": (
        *_EVERYBODY,
        Column("level", ("niveau",), required=True),
        Column("needs", ("besoins",), required=True),
        Column("publics"),
        Column("email", ("mail", "courriel", "adresse_mail")),
        Column("parental_consent", ("accord_parental",)),
        *_GUARDIAN,
    ),
    "mentor": (
        *_EVERYBODY,
        Column("levels", ("niveaux",), required=True),
        Column("offers", ("offres",), required=True),
        Column("email", ("mail", "courriel", "adresse_mail"), required=True),
        Column("capacity", ("capacité",)),
        Column("cleared", ("habilité",)),
        Column("association"),
        Column("company", ("entreprise",)),
        *_GUARDIAN,
    ),
}


@dataclass(frozen=True)
class RowRefused:
    """One reason why one row did not come in. It never holds what stood in a cell."""

    line: int
    reference: str
    column: str
    code: str
    sentence: str


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row. `known`: somebody who came under the row's `id` before."""

    faults: tuple[RowRefused, ...] = ()
    known: bool = False


@dataclass(frozen=True)
class Import:
    """What an import is about. `rehearsal`: everything is tried, nothing is kept."""

    side: Side
    campaign: str | None = None
    rehearsal: bool = False


async def import_rows(
    rows: Iterable[Row], what: Import, transactions: TransactionFactory
) -> AsyncIterator[RowOutcome]:
    """For each row, in order, what became of it."""
    async with _rehearsal(what, transactions) as rehearsal:
        for row in rows:
            yield await _register_row(row, what, transactions, rehearsal)


async def _register_row(
    row: Row, what: Import, transactions: TransactionFactory, rehearsal: Transaction | None
) -> RowOutcome:
    try:
        if rehearsal:
            return await _register(row, what, rehearsal)
        async with transactions.begin() as tx:
            return await _register(row, what, tx)
    except InvalidRegistration as refused:
        if not rehearsal:
            async with transactions.begin() as tx:
                await note_refusal(what.side, refused, ORIGIN, tx)
        return RowOutcome(tuple(_explain(row, fault) for fault in refused.faults))


async def _register(row: Row, what: Import, tx: Transaction) -> RowOutcome:
    entry = registration_of(row) | {"campaign": what.campaign}
    admitted = await register_from_input(what.side, entry, ORIGIN, tx)
    return RowOutcome(known=admitted.known)


def registration_of(row: Row) -> dict[str, Any]:
    """A row as every entrypoint hands it to validation. Raises InvalidRegistration where a cell
    shows something that nobody can read."""
    if row.faults:
        raise InvalidRegistration([Fault("", "extra_cells")])
    if unreadable := row.unreadable():
        raise InvalidRegistration(
            [Fault(_field(column), "unreadable_cell") for column in unreadable]
        )
    entry: dict[str, Any] = {name: cell.strip() for name, cell in row.cells.items()}
    return entry | {"reference": entry.pop("id", "")}


def _field(column: str) -> str:
    return "reference" if column == "id" else column


def _explain(row: Row, fault: Fault) -> RowRefused:
    name = "id" if fault.field == "reference" else fault.field
    column = row.labels.get(name, name)
    reference = row.cells.get("id", "").strip()
    return RowRefused(row.line, reference, column, fault.code, fault.sentence("vous"))


class _Over(Exception):
    """Ends a rehearsal: its transaction leaves nothing behind."""


@asynccontextmanager
async def _rehearsal(
    what: Import, transactions: TransactionFactory
) -> AsyncIterator[Transaction | None]:
    if not what.rehearsal:
        yield None
        return
    try:
        async with transactions.begin() as tx:
            yield tx
            raise _Over  # noqa: TRY301 - it must pass through the transaction to undo it
    except _Over:
        return
