"""Who may meet whom, and how well they fit: the gates and the score of the domain, for many
pairs at once.

Every function takes two `Side`s whose arrays have been given shapes that broadcast: a block of
rows against all columns, or two lists of the same length. The sums run in the order of
`domain.score`, so that both give the same number to the last bit (a test holds them together).
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from services.matching.domain import score as rule
from services.matching.domain.gates import SCORE_TOLERANCE
from services.matching.domain.weights import Weights
from services.matching.engine.instance import NONE, Array, Instance, People
from services.matching.engine.pairs import Pairs, concatenate, sort_pairs
from shared.contracts.vocabulary import LEVELS


class Traits(Protocol):
    """What a score looks at, of people whose arrays broadcast."""

    @property
    def needs(self) -> Array:
        """Bit mask of what a mentee needs, or a mentor offers."""

    @property
    def slots(self) -> Array:
        """Bit mask of time slots."""

    @property
    def sectors(self) -> Array:
        """Bit mask of sectors."""

    @property
    def commune(self) -> Array:
        """Code of the commune."""

    @property
    def department(self) -> Array:
        """Code of the département."""

    @property
    def region(self) -> Array:
        """Code of the region."""

    @property
    def waiting(self) -> Array:
        """How long a mentee waits, as a component in [0, 1]."""


SIDE_GATES: Mapping[str, Callable[[People, People], Array]] = MappingProxyType(
    {
        "need": lambda a, b: (a.needs & b.needs) != 0,
        "slot": lambda a, b: (a.slots & b.slots) != 0,
        "language": lambda a, b: ((a.languages & b.languages) != 0).any(axis=-1),
        "level": lambda a, b: (a.levels & b.levels) != 0,
        "place": lambda a, b: (a.remote & b.remote) | (a.department == b.department),
        "safety": lambda a, b: np.where(a.minor, b.cleared, ~b.minors_only),
        "association": lambda a, b: (
            (a.association == NONE) | (b.association == NONE) | (a.association == b.association)
        ),
        "capacity": lambda a, b: (b.capacity >= 1) | np.zeros_like(a.minor),
    }
)
"""The gates that two people decide by themselves; `avoid` and `min_score` need the pool."""


def not_forbidden(pool: Instance, rows: Array, columns: Array) -> Array:
    """The gate `avoid`: True where nothing keeps the two apart."""
    numbers = rows.astype(np.int64) * len(pool.mentors) + columns
    if not len(pool.kept_apart):
        return np.ones(numbers.shape, dtype=bool)
    places = np.searchsorted(pool.kept_apart, numbers)
    nearest = pool.kept_apart[np.minimum(places, len(pool.kept_apart) - 1)]
    return np.asarray(nearest != numbers)


def scores(a: Traits, b: Traits, weights: Weights, more_slots: int = 0) -> Array:
    """The score of each pair; `more_slots` supposes so many more shared slots."""
    shared = np.bitwise_count(a.slots & b.slots) + more_slots
    total = weights.needs * _share(a.needs, b.needs)
    total = total + weights.sectors * _share(a.sectors, b.sectors)
    total = total + weights.slots * (np.minimum(shared, rule.ENOUGH_SLOTS) / rule.ENOUGH_SLOTS)
    total = total + weights.proximity * _proximity(a, b)
    return np.asarray(total + weights.waiting * a.waiting)


def meets_min_score(score: Array, least: float) -> Array:
    """The gate `min_score`."""
    return score >= least - SCORE_TOLERANCE


def _share(wanted: Array, offered: Array) -> Array:
    count = np.bitwise_count(wanted)
    return np.asarray(np.bitwise_count(wanted & offered) / np.maximum(count, 1))


def _proximity(a: Traits, b: Traits) -> Array:
    same_commune = (a.commune == b.commune) & (a.commune != NONE)
    near = np.where(a.region == b.region, rule.SAME_REGION, rule.ELSEWHERE)
    near = np.where(a.department == b.department, rule.SAME_DEPARTMENT, near)
    return np.where(same_commune, rule.SAME_COMMUNE, near)


BLOCK_CELLS = 200_000
"""Pairs judged at once: what a processor keeps close at hand."""


def iter_eligible_pairs(pool: Instance, cells: int = BLOCK_CELLS) -> Iterator[Pairs]:
    """Every permitted pair, level by level, `cells` pairs judged at once whatever the size of the
    pool. A mentee's pairs all come in one block, side by side."""
    for level in _levels(pool):
        yield from level.blocks(cells)


def eligible_pairs(pool: Instance) -> Pairs:
    """Every permitted pair of the pool at once, sorted by both places."""
    return sort_pairs(concatenate(list(iter_eligible_pairs(pool))))


def _levels(pool: Instance) -> Iterator["_Level"]:
    """The mentees of each level, against the mentors who take it and have a place."""
    for level in range(len(LEVELS)):
        bit = np.uint32(1 << level)
        rows = np.flatnonzero(pool.mentee_side.levels & bit)
        takes = (pool.mentor_side.levels & bit != 0) & (pool.mentor_side.capacity >= 1)
        columns = np.flatnonzero(takes)
        if len(rows) and len(columns):
            yield _Level(pool, rows.astype(np.int32), columns.astype(np.int32))


class _Level:
    """Judges the pairs of one level: the gates that close most first and on whole blocks, in as
    few bytes as they need; the others, and the score, for what is left."""

    def __init__(self, pool: Instance, rows: NDArray[np.int32], columns: NDArray[np.int32]) -> None:
        self._pool, self._rows, self._columns = pool, rows, columns
        self._mentees, self._mentors = (
            _narrow(pool.mentee_side, rows),
            _narrow(pool.mentor_side, columns),
        )

    def blocks(self, cells: int) -> Iterator[Pairs]:
        """The permitted pairs of this level, block after block."""
        rows_at_once = max(1, cells // len(self._columns))
        for start in range(0, len(self._rows), rows_at_once):
            yield self._eligible(start, min(start + rows_at_once, len(self._rows)))

    def _eligible(self, start: int, end: int) -> Pairs:
        rows, columns = np.nonzero(self._open(start, end))
        mentee, mentor = self._rows[start:end][rows], self._columns[columns]
        eligible = self._may_meet(mentee, mentor)
        mentee, mentor = mentee[eligible], mentor[eligible]
        policy, pool = self._pool.terms.policy, self._pool
        score = scores(
            _traits(pool.mentee_side, mentee), _traits(pool.mentor_side, mentor), policy.weights
        )
        if policy.min_score <= 0:
            return Pairs(mentee, mentor, score)
        enough = meets_min_score(score, policy.min_score)
        return Pairs(mentee[enough], mentor[enough], score[enough])

    def _open(self, start: int, end: int) -> NDArray[np.bool_]:
        """The gates need, slot, place and safety, for each of these mentees and all mentors."""
        a = {name: part[start:end, np.newaxis] for name, part in self._mentees.items()}
        b = self._mentors
        open_ = (a["needs"] & b["needs"]) != 0
        open_ &= (a["slots"] & b["slots"]) != 0
        open_ &= (a["remote"] & b["remote"]) | (a["department"] == b["department"])
        open_ &= np.where(a["minor"], b["cleared"], ~b["minors_only"])
        return np.asarray(open_)

    def _may_meet(self, mentee: NDArray[np.int32], mentor: NDArray[np.int32]) -> NDArray[np.bool_]:
        """The gates language, association and avoid, for pairs one by one."""
        a, b = self._pool.mentee_side, self._pool.mentor_side
        eligible = (a.languages[mentee] & b.languages[mentor]).any(axis=-1)
        mine, theirs = a.association[mentee], b.association[mentor]
        eligible &= (mine == NONE) | (theirs == NONE) | (mine == theirs)
        return np.asarray(eligible & not_forbidden(self._pool, mentee, mentor))


def _narrow(side: People, places: NDArray[np.int32]) -> Mapping[str, Array]:
    """What the first gates look at, in few bytes."""
    return {
        "needs": side.needs[places].astype(np.uint16),
        "slots": side.slots[places],
        "remote": side.remote[places],
        "department": side.department[places].astype(np.int16),
        "minor": side.minor[places],
        "cleared": side.cleared[places],
        "minors_only": side.minors_only[places],
    }


class _Traits(NamedTuple):
    needs: Array
    slots: Array
    sectors: Array
    commune: Array
    department: Array
    region: Array
    waiting: Array


def _traits(side: People, places: NDArray[np.int32]) -> _Traits:
    return _Traits(*(getattr(side, name)[places] for name in _Traits._fields))
