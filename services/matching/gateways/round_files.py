"""From the files of a round to a round: everything read, every fault of every file named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.policy import DEFAULT_POLICY, Policy
from services.matching.domain.round_input import RoundInput
from services.matching.gateways import people_files
from services.matching.gateways.policy_file import read_policy
from services.matching.gateways.references import (
    Named,
    References,
    Target,
    judge_references,
    sentences,
)
from shared.spreadsheets import CellError, InvalidSheet, Row, Sheet, identifier

T = TypeVar("T")
Identified = Mentee | Mentor | Association
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RoundFiles:
    """The files that make a round; the optional ones are None."""

    mentees: Path
    mentors: Path
    associations: Path | None = None
    past: Path | None = None
    policy: Path | None = None

    def present(self) -> tuple[Path, ...]:
        """The files there are, to be read and never to be written over."""
        files = (self.mentees, self.mentors, self.associations, self.past, self.policy)
        return tuple(file for file in files if file is not None)


@dataclass(frozen=True)
class ReadRound:
    """A round as read, and remarks for its reader."""

    given: RoundInput
    warnings: tuple[str, ...]


class _Reading:
    """Reads file after file, so that the errors of all of them are reported at once."""

    def __init__(self) -> None:
        self.faults: list[CellError] = []
        self.warnings: list[str] = []
        self.aside: dict[Path, frozenset[str]] = {}
        """Ids of people set aside, by file: whoever names them names somebody."""

    def people(
        self, path: Path, open_sheet: Callable[[Path], Sheet], build: Callable[[Row], T]
    ) -> list[T]:
        """Everybody whose codes are known; who has others is set aside, with a warning."""
        try:
            sheet = open_sheet(path)
            records = sheet.read_known(build)
        except InvalidSheet as refusal:
            self.faults.extend(refusal.faults)
            return []
        self.aside[path] = frozenset(identifier(row.cells["id"]) for row in sheet.aside)
        self.warnings.extend(sheet.warnings)
        return records

    def target(self, path: Path, known: Sequence[Identified]) -> Target:
        """Whom others may name: everybody of a file, set aside or not."""
        return Target(
            path, frozenset(record.id for record in known) | self.aside.get(path, _NOBODY)
        )

    def rows(
        self, path: Path | None, open_sheet: Callable[[Path], Sheet], build: Callable[[Row], T]
    ) -> list[T]:
        if path is None:
            return []
        try:
            sheet = open_sheet(path)
            records = sheet.read(build)
        except InvalidSheet as refusal:
            self.faults.extend(refusal.faults)
            return []
        self.warnings.extend(sheet.warnings)
        return records

    def judge(self, named: References, **targets: Target | None) -> None:
        """Whether the references name somebody, where the file that says so was given."""
        given = {name: target for name, target in targets.items() if target}
        errors, warnings = judge_references(named.noted.values(), given)
        self.faults.extend(errors)
        self.warnings.extend(sentences(warnings))
        self.raise_faults()

    def raise_faults(self) -> None:
        """Raises InvalidSheet when any were found."""
        if self.faults:
            raise InvalidSheet(self.faults)

    def policy(self, path: Path | None) -> Policy:
        try:
            return read_policy(path) if path else DEFAULT_POLICY
        except InvalidSheet as refusal:
            self.faults.extend(refusal.faults)
            return DEFAULT_POLICY


def read_round(files: RoundFiles, at: date) -> ReadRound:
    """Reads the files of a round held on the day `at`.

    Raises InvalidSheet with the faults of all the files together.
    """
    reading, named = _Reading(), References()
    mentees = reading.people(
        files.mentees,
        people_files.mentees_sheet,
        named.noting(_once(people_files.mentee, "id"), _OF_MENTEES),
    )
    mentors = reading.people(
        files.mentors,
        people_files.mentors_sheet,
        named.noting(_once(people_files.mentor, "id"), _OF_MENTORS),
    )
    associations = reading.rows(
        files.associations, people_files.associations_sheet, _once(people_files.association, "id")
    )
    past = reading.rows(
        files.past, people_files.past_sheet, named.noting(people_files.past_pair, _OF_PAST)
    )
    policy = reading.policy(files.policy)
    reading.raise_faults()
    reading.judge(
        named,
        mentee=reading.target(files.mentees, mentees),
        mentor=reading.target(files.mentors, mentors),
        association=_target(files.associations, associations),
    )
    given = RoundInput(
        mentees=tuple(mentees),
        mentors=tuple(mentors),
        associations=tuple(associations),
        past=frozenset(past),
        policy=policy,
        at=at,
    )
    return ReadRound(given, tuple(reading.warnings))


_ASSOCIATION = Named("association")
_OF_MENTEES = {"avoid": Named("mentor", in_list=True), "association": _ASSOCIATION}
_OF_MENTORS = {"avoid": Named("mentee", in_list=True), "association": _ASSOCIATION}
_OF_PAST = {"mentee_id": Named("mentee"), "mentor_id": Named("mentor")}


def _target(file: Path | None, known: Sequence[Identified]) -> Target | None:
    return Target(file, frozenset(record.id for record in known)) if file else None


def _once(build: Callable[[Row], T], column: str) -> Callable[[Row], T]:
    """Refuses a row whose id a row above already has."""
    lines: dict[str, int] = {}

    def read(row: Row) -> T:
        key = row.cells.get(column, "")
        first = lines.setdefault(key, row.line)
        if key.strip() and first != row.line:
            row.refuse(column, f"déjà pris à la ligne {first}.")
        return build(row)

    return read
