"""Which codes of a stored row can still be read: vocabularies change, rows stay."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.round_input import RoundInput
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, SLOTS
from shared.contracts.vocabulary.associations import ASSOCIATIONS

UNREACHABLE = "unreachable"
"""No message reaches this person: the one reason that is not a code."""


@dataclass(frozen=True)
class Vocabulary:
    """The codes that exist now."""

    needs: Collection[str] = frozenset(NEEDS)
    levels: Collection[str] = frozenset(LEVELS)
    slots: Collection[str] = frozenset(SLOTS)
    departments: Collection[str] = frozenset(DEPARTMENTS)
    associations: Collection[str] = frozenset(ASSOCIATIONS)


def unreadable(
    criteria: Mapping[str, Any], association: str | None, known: Vocabulary
) -> tuple[str, ...]:
    """The parts of a request or of a mentor that name a code which no longer exists, in order."""
    needs = [*criteria.get("needs", ()), *criteria.get("offers", ())]
    levels = [*criteria.get("levels", ()), *([criteria["level"]] if "level" in criteria else ())]
    named: dict[str, tuple[Collection[str | None], Collection[str]]] = {
        "association": ([association] if association else (), known.associations),
        "department": ([criteria.get("department")], known.departments),
        "level": (levels, known.levels),
        "need": (needs, known.needs),
        "slot": (criteria.get("slots", ()), known.slots),
    }
    return tuple(part for part, (codes, exist) in named.items() if not set(codes) <= set(exist))


def with_known_codes(given: RoundInput, known: Vocabulary) -> RoundInput:
    """The round without whoever names a code that no longer exists."""
    return replace(
        given,
        mentees=tuple(one for one in given.mentees if not _unreadable_person(one, known)),
        mentors=tuple(one for one in given.mentors if not _unreadable_person(one, known)),
    )


def _unreadable_person(person: Mentee | Mentor, known: Vocabulary) -> bool:
    named = {name: value for name, value in vars(person).items() if value is not None}
    return bool(unreadable(named, person.association, known))
