"""Spreadsheets that people send: CSV or XLSX, in, with every fault named; CSV, out, safely.

    sheet = read_sheet(path, (Column("id", required=True), Column("needs", ("besoins",), True)))
    for row in sheet.rows():
        person = Person(row.take("id", identifier), row.take("needs", code_list(NEEDS)))
        if row.faults: ...            # this row is refused; its neighbours are good

No business rule stands here: which columns, which vocabularies and what a row means belong to the
services. Everything said to a person is French, since operators read it.
"""

from shared.contracts.types import PARIS
from shared.spreadsheets.cell_errors import InvalidCell, UnknownCode, preview
from shared.spreadsheets.cells import boolean, identifier, text, whole_number
from shared.spreadsheets.code_cells import code, code_list, commune_code, department_code, item_list
from shared.spreadsheets.columns import Column
from shared.spreadsheets.date_cells import birth_date, day, moment
from shared.spreadsheets.errors import MOST_FAULTS, CellError, InvalidSheet, invalid_file
from shared.spreadsheets.reader import Row, Sheet, read_sheet
from shared.spreadsheets.writer import (
    check_targets,
    csv_text,
    escape_formula,
    replace_files,
    unescape_formula,
)

__all__ = [
    "MOST_FAULTS",
    "PARIS",
    "CellError",
    "Column",
    "InvalidCell",
    "InvalidSheet",
    "Row",
    "Sheet",
    "UnknownCode",
    "birth_date",
    "boolean",
    "check_targets",
    "code",
    "code_list",
    "commune_code",
    "csv_text",
    "day",
    "department_code",
    "escape_formula",
    "identifier",
    "invalid_file",
    "item_list",
    "moment",
    "preview",
    "read_sheet",
    "replace_files",
    "text",
    "unescape_formula",
    "whole_number",
]
