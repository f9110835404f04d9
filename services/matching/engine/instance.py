"""A pool as columns of bits and numbers, so that millions of pairs are judged at once.

Both sides are sorted by id: whatever the order of the rows, the engine sees the same pool, and
so makes the same pairs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.round_input import RoundInput, Terms
from services.matching.domain.score import waiting
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, REGION_OF, SECTORS, SLOTS

Array = NDArray[Any]

NONE = -1
"""Stands for "no commune", "no association"."""


@dataclass(frozen=True)
class People:
    """One side of a pool, one entry a person in every array (`languages`: one row a person).

    Sets are bit masks. A mentee's `needs` meet a mentor's offers and a mentee's one level meets
    the mentor's levels, bit by bit. `cleared` (on the day of the round), `minors_only` and
    `capacity` mean nothing for a mentee, nor `minor` and `waiting` for a mentor.
    """

    needs: Array
    slots: Array
    languages: Array
    levels: Array
    sectors: Array
    commune: Array
    department: Array
    region: Array
    remote: Array
    association: Array
    minor: Array
    waiting: Array
    cleared: Array
    minors_only: Array
    capacity: Array

    def take(self, index: Any) -> "People":
        """The people at the given places; an index array of any shape gives arrays like it."""
        return People(**{part.name: getattr(self, part.name)[index] for part in fields(self)})


@dataclass(frozen=True)
class Instance:
    """A round's people, in order of id, with their columns.

    `kept_apart` holds the sorted numbers i × len(mentors) + j of pairs that the gate `avoid`
    stops. `caps` holds, for each association that has one, its most pairs; `Side.association`
    numbers index `associations`.
    """

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    terms: Terms
    mentee_side: People
    mentor_side: People
    associations: tuple[str, ...]
    caps: Mapping[str, int]
    languages: tuple[str, ...]
    kept_apart: NDArray[np.int64]


def pool_of(given: RoundInput) -> Instance:
    """Sorts and packs the people of a round."""
    mentees = tuple(sorted(given.mentees, key=lambda person: person.id))
    mentors = tuple(sorted(given.mentors, key=lambda person: person.id))
    everybody: tuple[Mentee | Mentor, ...] = (*mentees, *mentors)
    languages = tuple(sorted({word for person in everybody for word in person.languages}))
    communes = _numbers(person.commune for person in everybody)
    associations = _numbers(person.association for person in everybody)
    packing = _Packing(given.terms, languages, communes, associations)
    return Instance(
        mentees,
        mentors,
        given.terms,
        packing.mentees(mentees),
        packing.mentors(mentors),
        tuple(associations),
        given.caps,
        languages,
        _forbidden_pairs(mentees, mentors, given.past),
    )


def of_public(pool: Instance, public: str) -> NDArray[np.bool_]:
    """For each mentee of the pool: of this public?"""
    return np.array([public in mentee.publics for mentee in pool.mentees], dtype=bool)


def caps_of(pool: Instance) -> NDArray[np.int64]:
    """The cap of each association by number; NONE where it has none."""
    return np.array([pool.caps.get(name, NONE) for name in pool.associations], dtype=np.int64)


def _numbers(names: Iterable[str | None]) -> dict[str, int]:
    known = sorted({name for name in names if name is not None})
    return {name: number for number, name in enumerate(known)}


@dataclass(frozen=True)
class _Packing:
    """The numbers and bits that names stand for in this pool."""

    terms: Terms
    languages: tuple[str, ...]
    communes: Mapping[str, int]
    associations: Mapping[str, int]

    def mentees(self, people: Sequence[Mentee]) -> People:
        at, count = self.terms.at, len(people)
        return People(
            needs=_bits([p.needs for p in people], NEEDS),
            levels=_bits([frozenset({p.level}) for p in people], LEVELS),
            minor=np.array([p.minor_at(at) for p in people], dtype=bool),
            waiting=np.array([waiting(p.since, at) for p in people], dtype=np.float64),
            cleared=np.zeros(count, dtype=bool),
            minors_only=np.zeros(count, dtype=bool),
            capacity=np.zeros(count, dtype=np.int64),
            **self._common(people),
        )

    def mentors(self, people: Sequence[Mentor]) -> People:
        at, count = self.terms.at, len(people)
        supervised = self.terms.policy.minor_mentors == "supervised"
        return People(
            needs=_bits([p.offers for p in people], NEEDS),
            levels=_bits([p.levels for p in people], LEVELS),
            minor=np.zeros(count, dtype=bool),
            waiting=np.zeros(count, dtype=np.float64),
            cleared=np.array([p.is_cleared_on(at) for p in people], dtype=bool),
            minors_only=np.array([not supervised and p.minor_at(at) for p in people], dtype=bool),
            capacity=np.array([p.capacity for p in people], dtype=np.int64),
            **self._common(people),
        )

    def _common(self, people: Sequence[Mentee] | Sequence[Mentor]) -> dict[str, Array]:
        return {
            "slots": _bits([p.slots for p in people], SLOTS),
            "languages": _wide_bits([p.languages for p in people], self.languages),
            "sectors": _bits([p.sectors for p in people], SECTORS),
            "commune": _number([p.commune for p in people], self.communes),
            "department": _number([p.department for p in people], _DEPARTMENT),
            "region": _number([REGION_OF[p.department] for p in people], _REGION),
            "remote": np.array([p.remote for p in people], dtype=bool),
            "association": _number([p.association for p in people], self.associations),
        }


_DEPARTMENT = {code: number for number, code in enumerate(DEPARTMENTS)}
_REGION = {code: number for number, code in enumerate(sorted(set(REGION_OF.values())))}


def _number(names: Sequence[str | None], numbers: Mapping[str, int]) -> Array:
    known = (NONE if name is None else numbers[name] for name in names)
    return np.fromiter(known, dtype=np.int32, count=len(names))


def _bits(sets: Sequence[frozenset[str]], vocabulary: Sequence[str]) -> Array:
    """One mask a set; every vocabulary but languages has at most 32 words."""
    bit = {word: 1 << place for place, word in enumerate(vocabulary)}
    known = {words: sum(bit[word] for word in words) for words in set(sets)}
    return np.fromiter((known[words] for words in sets), dtype=np.uint32, count=len(sets))


WORD = 64


def _wide_bits(sets: Sequence[Iterable[str]], vocabulary: Sequence[str]) -> Array:
    """As many 64-bit words a set as the vocabulary asks for: shape (people, words)."""
    place = {word: divmod(number, WORD) for number, word in enumerate(vocabulary)}
    masks = np.zeros((len(sets), len(vocabulary) // WORD + 1), dtype=np.uint64)
    for row, words in enumerate(sets):
        for word in words:
            masks[row, place[word][0]] |= np.uint64(1 << place[word][1])
    return masks


def _forbidden_pairs(
    mentees: Sequence[Mentee], mentors: Sequence[Mentor], past: Iterable[tuple[str, str]]
) -> NDArray[np.int64]:
    row = {person.id: number for number, person in enumerate(mentees)}
    column = {person.id: number for number, person in enumerate(mentors)}
    named = {(mentee.id, mentor) for mentee in mentees for mentor in mentee.avoid}
    named |= {(mentee, mentor.id) for mentor in mentors for mentee in mentor.avoid}
    named |= set(past)
    numbers = {row[i] * len(mentors) + column[j] for i, j in named if i in row and j in column}
    return np.array(sorted(numbers), dtype=np.int64)
