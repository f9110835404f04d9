"""Spreadsheets that people send: CSV or XLSX, in, with every fault named; CSV, out, safely.

    sheet = read_sheet(path, (Column("id", required=True), Column("needs", ("besoins",), True)))
    for row in sheet.rows():
        person = Person(row.take("id", identifier), row.take("needs", code_list(NEEDS)))
        if row.faults: ...            # this row is refused; its neighbours are good

No business rule lives here: which columns, which vocabularies and what a row means belong to the
services. Everything said to a person is French, since operators read it.
"""

from shared.spreadsheets.cells import (
    PARIS,
    CellRefused,
    UnknownCode,
    boolean,
    code,
    code_list,
    day,
    identifier,
    item_list,
    moment,
    shown,
    text,
    whole_number,
)
from shared.spreadsheets.errors import MOST_FAULTS, Fault, SheetRefused, refused
from shared.spreadsheets.header import Column
from shared.spreadsheets.reader import Row, Sheet, read_sheet
from shared.spreadsheets.writer import (
    check_targets,
    csv_text,
    opened_cell,
    replace_files,
    safe_cell,
)

__all__ = [
    "MOST_FAULTS",
    "PARIS",
    "CellRefused",
    "Column",
    "Fault",
    "Row",
    "Sheet",
    "SheetRefused",
    "UnknownCode",
    "boolean",
    "check_targets",
    "code",
    "code_list",
    "csv_text",
    "day",
    "identifier",
    "item_list",
    "moment",
    "opened_cell",
    "read_sheet",
    "refused",
    "replace_files",
    "safe_cell",
    "shown",
    "text",
    "whole_number",
]
