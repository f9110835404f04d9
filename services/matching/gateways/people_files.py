"""The files of a round: mentees, mentors, associations, past pairs. Columns as people name them."""

from pathlib import Path

from services.matching.domain.people import FRENCH, Association, Mentee, Mentor
from services.matching.gateways import cells
from shared.contracts.clearance import Clearance
from shared.contracts.vocabulary import LEVELS, NEEDS, PUBLICS, SECTORS, SLOTS
from shared.spreadsheets import (
    Column,
    Row,
    Sheet,
    UnknownCode,
    birth_date,
    boolean,
    code,
    code_list,
    commune_code,
    day,
    department_code,
    identifier,
    read_sheet,
    text,
    whole_number,
)

_SHARED_BY_PEOPLE = (
    Column("id", required=True),
    Column("slots", ("créneaux",), required=True),
    Column("department", ("département",), required=True),
    Column("languages", ("langues",)),
    Column("sectors", ("secteurs",)),
    Column("commune"),
    Column("remote", ("à_distance",)),
    Column("association"),
    Column("avoid", ("éviter",)),
)
_MENTEES = (
    *_SHARED_BY_PEOPLE,
    Column("needs", ("besoins",), required=True),
    Column("level", ("niveau",), required=True),
    Column("since", ("inscrit_le",), required=True),
    Column("born", ("né_le",)),
    Column("publics"),
)
_MENTORS = (
    *_SHARED_BY_PEOPLE,
    Column("offers", ("offres",), required=True),
    Column("levels", ("niveaux",), required=True),
    Column("capacity", ("capacité",)),
    Column("company", ("entreprise",)),
    Column("cleared", ("habilité",)),
    Column("born", ("né_le",)),
    Column("since", ("inscrit_le",)),
)
_ASSOCIATIONS = (Column("id", required=True), Column("round_cap"))
_PAST = (Column("mentee_id", required=True), Column("mentor_id", required=True))
_IDENTITY = ("first_name", "last_name", "email", "phone", "prénom", "nom", "courriel", "téléphone")
"""Columns of the same people's `import` file: matching never looks at them."""

_NONE: frozenset[str] = frozenset()
_NOT_CLEARED: Clearance = False
_needs = code_list(NEEDS, UnknownCode)
_slots = code_list(SLOTS, UnknownCode)
_level = code(LEVELS, UnknownCode)
_levels = code_list(LEVELS, UnknownCode)
_sectors = code_list(SECTORS)
_publics = code_list(PUBLICS)
_places = whole_number(0, 20)
_cap = whole_number(0)


def mentees_sheet(path: Path) -> Sheet:
    """Opens a file of mentees; `mentee` reads its rows. Raises InvalidSheet, as all of these."""
    return read_sheet(path, _MENTEES, _IDENTITY)


def mentors_sheet(path: Path) -> Sheet:
    """Opens a file of mentors; `mentor` reads its rows."""
    return read_sheet(path, _MENTORS, _IDENTITY)


def associations_sheet(path: Path) -> Sheet:
    """Opens a file of associations; `association` reads its rows."""
    return read_sheet(path, _ASSOCIATIONS)


def past_sheet(path: Path) -> Sheet:
    """Opens a file of pairs made before; `past_pair` reads its rows."""
    return read_sheet(path, _PAST)


def mentee(row: Row) -> Mentee:
    """A row of the mentees' file."""
    department = row.take("department", department_code)
    return Mentee(
        id=row.take("id", identifier),
        needs=row.take("needs", _needs),
        slots=row.take("slots", _slots),
        level=row.take("level", _level),
        department=department,
        since=row.take("since", day),
        born=row.take_or("born", birth_date, None),
        languages=row.take_or("languages", cells.languages, FRENCH),
        sectors=row.take_or("sectors", _sectors, _NONE),
        commune=_commune(row, department),
        remote=row.take_or("remote", boolean, True),
        publics=row.take_or("publics", _publics, _NONE),
        association=row.take_or("association", identifier, None),
        avoid=row.take_or("avoid", cells.ids, _NONE),
    )


def mentor(row: Row) -> Mentor:
    """A row of the mentors' file."""
    department = row.take("department", department_code)
    return Mentor(
        id=row.take("id", identifier),
        offers=row.take("offers", _needs),
        slots=row.take("slots", _slots),
        levels=row.take("levels", _levels),
        department=department,
        languages=row.take_or("languages", cells.languages, FRENCH),
        sectors=row.take_or("sectors", _sectors, _NONE),
        commune=_commune(row, department),
        remote=row.take_or("remote", boolean, True),
        capacity=row.take_or("capacity", _places, 1),
        association=row.take_or("association", identifier, None),
        company=row.take_or("company", text, None),
        cleared=row.take_or("cleared", cells.clearance, _NOT_CLEARED),
        born=row.take_or("born", birth_date, None),
        since=row.take_or("since", day, None),
        avoid=row.take_or("avoid", cells.ids, _NONE),
    )


def association(row: Row) -> Association:
    """A row of the associations' file."""
    cap = row.take_or("round_cap", _cap, None)
    return Association(row.take("id", identifier), cap)


def past_pair(row: Row) -> tuple[str, str]:
    """A row of the past pairs' file: (mentee id, mentor id)."""
    return row.take("mentee_id", identifier), row.take("mentor_id", identifier)


def _commune(row: Row, department: str | None) -> str | None:
    commune = row.take_or("commune", commune_code, None)
    if commune and department and not commune.startswith(department):
        row.refuse("commune", f"{commune} n'est pas dans le département {department}.")
    return commune
