"""A stored round as the files that `binome match` and `binome verify` read: it can be held again
and checked by anybody, with no server. Ids are those of the store; nobody's name is in them."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.matching.domain.people import Association, Mentee, Mentor, last_day_of
from services.matching.domain.round_input import RoundInput
from services.matching.gateways.policy_text import policy_text
from shared.contracts.clearance import Clearance
from shared.spreadsheets import csv_text

MENTEES = "mentees.csv"
MENTORS = "mentors.csv"
ASSOCIATIONS = "associations.csv"
PAST = "past.csv"
POLICY = "policy.toml"
PAIRS = "pairs.csv"
CERTIFICATE = "certificate.json"

_SHARED = ("slots", "department", "languages", "sectors", "commune", "remote", "association")
_MENTEES = ("id", "needs", "level", "since", "born", "publics", *_SHARED, "avoid")
_MENTORS = (
    "id",
    "offers",
    "levels",
    "capacity",
    "cleared",
    "born",
    "since",
    "company",
    *_SHARED,
    "avoid",
)
_LONE_YEARS = range(1900, 2100)
"""Years that a file may state alone."""


def round_texts(given: RoundInput) -> dict[str, str]:
    """Name of a file → its content: everything a round was given, sorted by id."""
    return {
        MENTEES: _table(_MENTEES, map(_mentee, sorted(given.mentees, key=lambda p: p.id))),
        MENTORS: _table(_MENTORS, map(_mentor, sorted(given.mentors, key=lambda p: p.id))),
        ASSOCIATIONS: csv_text(("id", "round_cap"), map(_association, _by_id(given.associations))),
        PAST: csv_text(("mentee_id", "mentor_id"), sorted(given.past)),
        POLICY: policy_text(given.policy),
    }


def _by_id(associations: Iterable[Association]) -> list[Association]:
    return sorted(associations, key=lambda association: association.id)


def _table(columns: tuple[str, ...], people: Iterable[Mapping[str, str]]) -> str:
    return csv_text(columns, ([person[column] for column in columns] for person in people))


def _mentee(person: Mentee) -> dict[str, str]:
    return _of_anybody(person) | {
        "needs": _list(person.needs),
        "level": person.level,
        "since": person.since.isoformat(),
        "born": _birth(person.born),
        "publics": _list(person.publics),
    }


def _mentor(person: Mentor) -> dict[str, str]:
    return _of_anybody(person) | {
        "offers": _list(person.offers),
        "levels": _list(person.levels),
        "capacity": str(person.capacity),
        "cleared": _clearance(person.cleared),
        "born": _birth(person.born),
        "since": person.since.isoformat() if person.since else "",
        "company": person.company or "",
    }


def _of_anybody(person: Mentee | Mentor) -> dict[str, str]:
    return {
        "id": person.id,
        "slots": _list(person.slots),
        "department": person.department,
        "languages": _list(person.languages),
        "sectors": _list(person.sectors),
        "commune": person.commune or "",
        "remote": _yes(person.remote),
        "association": person.association or "",
        "avoid": _list(person.avoid),
    }


def _association(association: Association) -> tuple[str, str]:
    cap = association.round_cap
    return association.id, "" if cap is None else str(cap)


def _birth(born: date | None) -> str:
    """The year alone where nothing more was ever known."""
    if born is None:
        return ""
    lone = born == last_day_of(born.year) and born.year in _LONE_YEARS
    return str(born.year) if lone else born.isoformat()


def _list(words: Iterable[str]) -> str:
    return "|".join(sorted(words))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _clearance(clearance: Clearance) -> str:
    return _yes(clearance) if isinstance(clearance, bool) else clearance.isoformat()
