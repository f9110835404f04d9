"""Every permitted pair of a pool, block after block, for whoever has to see them all.

The gates run from the cheapest that closes most to the dearest, and a score is taken only of what
they all let through. This is the plain way through all pairs, without prices and without leaving
any out; whoever checks the proof of a small round goes it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.eligibility import (
    Pairs,
    concatenate,
    meets_min_score,
    not_forbidden,
    scores,
    sort_pairs,
)
from services.matching.engine.instance import NONE, Array, Instance, People
from shared.contracts.vocabulary import LEVELS

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
        kept = self._may_meet(mentee, mentor)
        mentee, mentor = mentee[kept], mentor[kept]
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
        kept = (a.languages[mentee] & b.languages[mentor]).any(axis=-1)
        mine, theirs = a.association[mentee], b.association[mentor]
        kept &= (mine == NONE) | (theirs == NONE) | (mine == theirs)
        return np.asarray(kept & not_forbidden(self._pool, mentee, mentor))


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
