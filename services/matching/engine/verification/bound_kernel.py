"""What prices leave to each mentee: one compiled pass over every pair of a large pool.

The verifier's own way through all pairs. It knows nothing of the loops that find a round, so that
an error there cannot hide here: it packs its own columns, opens the gates itself, takes the score
term by term, and leaves no pair out, however dear.

Whom a mentee looks through settles the gates level, place, safety and capacity (`circles`); the
loop opens the others pair by pair.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.cores import CORES
from services.matching.engine.instance import NONE, Pool
from services.matching.engine.jit import compiled
from services.matching.engine.verification.partitions import Circle, People, circles_of, people_of
from services.matching.engine.verification.score_tables import Apart, Worth, apart_in, worth_of
from services.matching.engine.verification.stage_duals import Tariff

ROWS_AT_ONCE = 400
"""Mentees that one thread goes through before it asks for more."""


def by_loop(pool: Pool, tariffs: Sequence[Tariff]) -> NDArray[np.float64]:
    """The most that any permitted mentor leaves to each mentee, before credit, at each tariff;
    shape (mentees, tariffs), minus infinity where nobody is permitted."""
    most = np.full((len(pool.mentees), len(tariffs)), -np.inf)
    mentees, apart, worth = people_of(pool.mentee_side), apart_in(pool), worth_of(pool, tariffs)

    def look(part: tuple[Circle, int, int]) -> None:
        circle, start, end = part
        _look(start, end, circle, mentees, apart, worth, most)

    with ThreadPoolExecutor(CORES) as threads:
        for _done in threads.map(look, _parts(circles_of(pool, tariffs))):
            pass
    return most


def _parts(circles: Iterator[Circle]) -> Iterator[tuple[Circle, int, int]]:
    for circle in circles:
        for start in range(0, len(circle.rows), ROWS_AT_ONCE):
            yield circle, start, min(start + ROWS_AT_ONCE, len(circle.rows))


@compiled
def _look(
    start: int,
    end: int,
    circle: Circle,
    mentees: People,
    apart: Apart,
    worth: Worth,
    most: NDArray[np.float64],
) -> None:
    """Fills `most` for the circle's mentees from `start` to `end`."""
    chosen = np.empty(len(circle.mentor), np.int32)
    for row in range(start, end):
        i = circle.rows[row]
        for run in range(2):
            first, last = circle.first[row, run], circle.last[row, run]
            for place in range(_choose(i, first, last, mentees, circle.people, chosen)):
                entry = chosen[place]
                if not _may_meet(i, entry, mentees, circle, apart):
                    continue
                score = _score(i, entry, mentees, circle.people, worth)
                if score >= worth.least:
                    _keep(i, entry, score, circle, worth, most)


@compiled
def _choose(
    i: int, first: int, last: int, mentees: People, people: People, chosen: NDArray[np.int32]
) -> int:
    """Lists the entries that share a need and a slot, without a branch: most pairs end here."""
    needs, slots = mentees.needs[i], mentees.slots[i]
    found = 0
    for entry in range(first, last):
        chosen[found] = entry
        shares = ((people.needs[entry] & needs) != 0) & ((people.slots[entry] & slots) != 0)
        found += int(shares)
    return found


@compiled
def _may_meet(i: int, entry: int, mentees: People, circle: Circle, apart: Apart) -> bool:
    """The gates language, association and avoid."""
    people = circle.people
    common = np.uint64(0)
    for word in range(people.languages.shape[1]):
        common |= mentees.languages[i, word] & people.languages[entry, word]
    mine, theirs = mentees.association[i], people.association[entry]
    open_ = common != 0 and (NONE in (mine, theirs) or mine == theirs)
    for place in range(apart.start[i], apart.start[i + 1]):
        open_ = open_ and apart.mentor[place] != circle.mentor[entry]
    return bool(open_)


@compiled
def _score(i: int, entry: int, mentees: People, people: People, worth: Worth) -> float:
    """`domain.score`, summed in its order, so that both give the same last bit."""
    near = 3
    if mentees.commune[i] != NONE and mentees.commune[i] == people.commune[entry]:
        near = 0
    elif mentees.department[i] == people.department[entry]:
        near = 1
    elif mentees.region[i] == people.region[entry]:
        near = 2
    needs, sectors = mentees.needs[i], mentees.sectors[i]
    total = worth.needs[_count(needs), _count(needs & people.needs[entry])]
    total += worth.sectors[_count(sectors), _count(sectors & people.sectors[entry])]
    total += worth.slots[_count(mentees.slots[i] & people.slots[entry])]
    total += worth.near[near]
    return float(total + worth.waiting[i])


@compiled
def _keep(
    i: int, entry: int, score: float, circle: Circle, worth: Worth, most: NDArray[np.float64]
) -> None:
    """Keeps what this pair leaves at each tariff, where it is the most so far."""
    for stage in range(most.shape[1]):
        value = score if worth.scored[stage] else worth.counted[i, stage]
        left = value - worth.pairs[stage] - circle.price[entry, stage]
        if left > most[i, stage]:
            most[i, stage] = left


@compiled
def _count(mask: np.uint32) -> int:
    """The bits set in a mask; a compiler knows this loop for one instruction."""
    count = 0
    while mask:
        mask &= mask - np.uint32(1)
        count += 1
    return count
