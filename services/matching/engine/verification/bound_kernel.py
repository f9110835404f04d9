"""What prices leave to each mentee: one compiled pass over every pair of a large pool.

The verifier's own way through all pairs. It knows nothing of the loops that find a round, so that
an error there cannot hide here: it packs its own columns, opens the gates itself, takes the score
term by term, and leaves no pair out, however dear.

Whom a mentee looks through settles the gates level, place, safety and capacity (`partitions`); the
loop opens the others pair by pair.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.cores import CORES
from services.matching.engine.instance import NONE, Instance
from services.matching.engine.jit import compile_loop
from services.matching.engine.verification.partitions import (
    Partition,
    PersonArrays,
    partitions_of,
    people_of,
)
from services.matching.engine.verification.score_tables import (
    ForbiddenPairs,
    ScoreTables,
    forbidden_pairs_of,
    score_tables_of,
)
from services.matching.engine.verification.stage_duals import DualArrays

ROWS_AT_ONCE = 400
"""Mentees that one thread goes through before it asks for more."""


def by_loop(
    pool: Instance, stages: Sequence[DualArrays], rows_at_once: int = ROWS_AT_ONCE
) -> NDArray[np.float64]:
    """The most that any permitted mentor leaves to each mentee, before credit, at each stage;
    shape (mentees, stages), minus infinity where nobody is permitted."""
    most = np.full((len(pool.mentees), len(stages)), -np.inf)
    mentees, apart, value = (
        people_of(pool.mentee_side),
        forbidden_pairs_of(pool),
        score_tables_of(pool, stages),
    )

    def scan_part(part: tuple[Partition, int, int]) -> None:
        partition, start, end = part
        _scan(start, end, partition, mentees, apart, value, most)

    with ThreadPoolExecutor(CORES) as threads:
        for _done in threads.map(scan_part, _parts(partitions_of(pool, stages), rows_at_once)):
            pass
    return most


def _parts(
    partitions: Iterator[Partition], rows_at_once: int
) -> Iterator[tuple[Partition, int, int]]:
    for partition in partitions:
        for start in range(0, len(partition.rows), rows_at_once):
            yield partition, start, min(start + rows_at_once, len(partition.rows))


@compile_loop
def _scan(
    start: int,
    end: int,
    partition: Partition,
    mentees: PersonArrays,
    apart: ForbiddenPairs,
    value: ScoreTables,
    most: NDArray[np.float64],
) -> None:
    """Fills `most` for the partition's mentees from `start` to `end`."""
    chosen = np.empty(len(partition.mentor), np.int32)
    for row in range(start, end):
        i = partition.rows[row]
        for run in range(2):
            first, last = partition.first[row, run], partition.last[row, run]
            for place in range(_choose(i, first, last, mentees, partition.people, chosen)):
                entry = chosen[place]
                if not _may_meet(i, entry, mentees, partition, apart):
                    continue
                score = _score(i, entry, mentees, partition.people, value)
                if score >= value.least:
                    _update_max(i, entry, score, partition, value, most)


@compile_loop
def _choose(
    i: int,
    first: int,
    last: int,
    mentees: PersonArrays,
    people: PersonArrays,
    chosen: NDArray[np.int32],
) -> int:
    """Lists the entries that share a need and a slot, without a branch: most pairs end here."""
    needs, slots = mentees.needs[i], mentees.slots[i]
    count = 0
    for entry in range(first, last):
        chosen[count] = entry
        shares = ((people.needs[entry] & needs) != 0) & ((people.slots[entry] & slots) != 0)
        count += int(shares)
    return count


@compile_loop
def _may_meet(
    i: int, entry: int, mentees: PersonArrays, partition: Partition, apart: ForbiddenPairs
) -> bool:
    """The gates language, association and avoid."""
    people = partition.people
    common = np.uint64(0)
    for word in range(people.languages.shape[1]):
        common |= mentees.languages[i, word] & people.languages[entry, word]
    mine, theirs = mentees.association[i], people.association[entry]
    open_ = common != 0 and (NONE in (mine, theirs) or mine == theirs)
    for place in range(apart.start[i], apart.start[i + 1]):
        open_ = open_ and apart.mentor[place] != partition.mentor[entry]
    return bool(open_)


@compile_loop
def _score(
    i: int, entry: int, mentees: PersonArrays, people: PersonArrays, value: ScoreTables
) -> float:
    """`domain.score`, summed in its order, so that both give the same last bit."""
    near = 3
    if mentees.commune[i] != NONE and mentees.commune[i] == people.commune[entry]:
        near = 0
    elif mentees.department[i] == people.department[entry]:
        near = 1
    elif mentees.region[i] == people.region[entry]:
        near = 2
    needs, sectors = mentees.needs[i], mentees.sectors[i]
    total = value.needs[_count(needs), _count(needs & people.needs[entry])]
    total += value.sectors[_count(sectors), _count(sectors & people.sectors[entry])]
    total += value.slots[_count(mentees.slots[i] & people.slots[entry])]
    total += value.near[near]
    return float(total + value.waiting[i])


@compile_loop
def _update_max(
    i: int,
    entry: int,
    score: float,
    partition: Partition,
    tables: ScoreTables,
    most: NDArray[np.float64],
) -> None:
    """Keeps what this pair leaves at each stage, where it is the most so far."""
    for stage in range(most.shape[1]):
        value = score if tables.scored[stage] else tables.counted[i, stage]
        left = value - tables.pairs[stage] - partition.price[entry, stage]
        if left > most[i, stage]:  # noqa: PLR1730 - writes memory only where it changes
            most[i, stage] = left


@compile_loop
def _count(mask: np.uint32) -> int:
    """The bits set in a mask; a compiler knows this loop for one instruction."""
    count = 0
    while mask:
        mask &= mask - np.uint32(1)
        count += 1
    return count
