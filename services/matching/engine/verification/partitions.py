"""Partitions: mentees, and the mentors that each of them looks through when a proof is checked.

A partition holds the mentees of one level, minors apart from the others, and every mentor with a
place who takes that level and may meet them (is cleared for minors, or not bound to minors). Who
does not meet remotely only looks through the own département. So four gates are settled by where
people stand: level, place, safety and capacity.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.instance import Array, Instance, People
from services.matching.engine.verification.stage_duals import DualArrays
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS

_EDGES = np.arange(2 * len(DEPARTMENTS) + 1)


class PersonArrays(NamedTuple):
    """What the other gates and the score look at, one entry a person; sets are bit masks."""

    needs: NDArray[np.uint32]
    slots: NDArray[np.uint32]
    sectors: NDArray[np.uint32]
    languages: NDArray[np.uint64]
    commune: NDArray[np.int32]
    department: NDArray[np.int32]
    region: NDArray[np.int32]
    association: NDArray[np.int32]


class Partition(NamedTuple):
    """`rows`: the mentees, by place in the pool. `people`: the mentors, an entry each, `mentor`
    their place in the pool and `price` what they cost, shape (entries, stages). Row r looks
    through the entries from `first[r, run]` to `last[r, run]`, in two runs."""

    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    people: PersonArrays
    mentor: NDArray[np.int64]
    price: NDArray[np.float64]


def people_of(side: People) -> PersonArrays:
    """The columns of one side."""
    return PersonArrays(
        *(np.ascontiguousarray(getattr(side, name)) for name in PersonArrays._fields)
    )


def partitions_of(pool: Instance, stages: Sequence[DualArrays]) -> Iterator[Partition]:
    """Every partition with somebody on both sides; a mentee stands in exactly one."""
    mentees, mentors = pool.mentee_side, pool.mentor_side
    price = np.stack([duals.price for duals in stages], axis=1)
    for level in range(len(LEVELS)):
        bit = np.uint32(1 << level)
        takes = (mentors.levels & bit != 0) & (mentors.capacity >= 1)
        for minor in (False, True):
            rows = np.flatnonzero((mentees.levels & bit != 0) & (mentees.minor == minor))
            meets = mentors.cleared if minor else ~mentors.minors_only
            who = np.flatnonzero(takes & meets)
            if len(rows) and len(who):
                yield _partition(pool, price, rows, who)


def _partition(pool: Instance, price: NDArray[np.float64], rows: Array, who: Array) -> Partition:
    """Mentors who meet remotely stand first, then those who do not, both by département."""
    bucket = pool.mentor_side.department[who] + ~pool.mentor_side.remote[who] * len(DEPARTMENTS)
    order = np.argsort(bucket, kind="stable")
    first, last = _runs(pool.mentee_side.take(rows), np.searchsorted(bucket[order], _EDGES))
    who = who[order]
    return Partition(rows, first, last, people_of(pool.mentor_side.take(who)), who, price[who])


def _runs(mentees: People, edges: Array) -> tuple[Array, Array]:
    """Of the mentors who meet remotely: all, for who does so too, else the own département's; of
    those who do not: the own département's."""
    remote, home = mentees.department, mentees.department + len(DEPARTMENTS)
    first = (np.where(mentees.remote, 0, edges[remote]), edges[home])
    all_remote = edges[len(DEPARTMENTS)]
    last = (np.where(mentees.remote, all_remote, edges[remote + 1]), edges[home + 1])
    return np.stack(first, axis=1), np.stack(last, axis=1)
