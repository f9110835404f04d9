"""Which pairs can be fixed so that everybody else of a group can still be served.

Pupils, mentors with places, and associations with caps are a flow network; serving the most is a
maximum flow, found pupil by pupil along shortest augmenting paths (Ford and Fulkerson 1956). A
pair that is not in the flow found is in some other maximum flow if and only if it lies on a
cycle of the residual network (Régin 1996, "Generalized arc consistency for global cardinality
constraint"; without capacities, the alternating cycles and even paths of Dulmage and Mendelsohn).

The residual network is walked pupil to pupil. Taking a place with mentor j, one can displace

    who is with j                      when j has no place left
    who is with j's association too    when j has one, but the association has reached its cap
    anybody served, or nobody          when both have room (at a maximum, those served move there)

and who was displaced may also stay without a mentor in place of somebody who is without now.
Sets of pupils are bits of whole numbers, so a group of hundreds is walked in milliseconds.
"""

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np

from services.matching.domain.round_input import RoundInput
from services.matching.domain.score import components_of
from services.matching.domain.selection import Choices, Offer
from services.matching.engine.eligibility import eligible_pairs
from services.matching.engine.instance import Instance, pool_of

NOBODY = -1


class ChoiceSet:
    """The pupils of one selection and everybody who could be theirs."""

    def __init__(self, given: RoundInput) -> None:
        self._pool = pool_of(given)
        self._fits = _fitting(self._pool)
        self._flow = _Flow(self._pool, [[mentor for _, mentor in row] for row in self._fits])
        self._reached = self._flow.closure()

    @property
    def servable(self) -> int:
        """The most pupils that can be served together."""
        return self._flow.served.bit_count()

    def choices(self, most: int) -> tuple[Choices, ...]:
        """For each pupil (sorted by id) up to `most` mentors, the best scores first."""
        return tuple(self._choices(row, most) for row in range(len(self._fits)))

    def check(self, mentee_id: str, mentor_id: str) -> Offer | None:
        """The pair, when it passes the gates and leaves as many pupils servable; else None."""
        for row, mentee in enumerate(self._pool.mentees):
            if mentee.id == mentee_id:
                named = (one for one in self._offers(row) if one.mentor_id == mentor_id)
                return next(named, None)
        return None

    def _choices(self, row: int, most: int) -> Choices:
        columns = [offer for offer, _ in zip(self._offers(row), range(most), strict=False)]
        return Choices(self._pool.mentees[row].id, tuple(columns), len(self._fits[row]))

    def _offers(self, row: int) -> Iterator[Offer]:
        mentee, at = self._pool.mentees[row], self._pool.terms.at
        for score, place in self._fits[row]:
            if self._keeps_all(row, place):
                mentor = self._pool.mentors[place]
                yield Offer(mentor.id, score, components_of(mentee, mentor, at))

    def _keeps_all(self, row: int, mentor: int) -> bool:
        if self._flow.mentor_of[row] == mentor:
            return True
        reached = self._flow.displaceable(mentor)
        for pupil in _bits(reached):
            reached |= self._reached[pupil]
        return bool(reached >> row & 1)


def _fitting(pool: Instance) -> list[list[tuple[float, int]]]:
    """For each pupil the permitted mentors as (score, place), the best first."""
    pairs = eligible_pairs(pool)
    order = np.lexsort((pairs.mentor, -pairs.score, pairs.mentee))
    fits: list[list[tuple[float, int]]] = [[] for _ in pool.mentees]
    for place in order.tolist():
        fits[pairs.mentee[place]].append((float(pairs.score[place]), int(pairs.mentor[place])))
    return fits


class _Flow:
    """A maximum flow: `mentor_of` each pupil (NOBODY: none), `served` the pupils that have one."""

    def __init__(self, pool: Instance, fits: Sequence[Sequence[int]]) -> None:
        self._fits = fits
        self._capacity = [mentor.capacity for mentor in pool.mentors]
        self._association = [
            mentor.association if mentor.association in pool.caps else None
            for mentor in pool.mentors
        ]
        self._caps = pool.caps
        self._with_mentor = [0] * len(pool.mentors)
        self._with_association = dict.fromkeys(pool.caps, 0)
        self.mentor_of = [NOBODY] * len(fits)
        self.served = 0
        for pupil in range(len(fits)):
            self._serve(pupil)

    def has_room(self, mentor: int) -> bool:
        """A place with the mentor, under the cap of the association."""
        if self._with_mentor[mentor].bit_count() >= self._capacity[mentor]:
            return False
        association = self._association[mentor]
        if association is None:
            return True
        return self._with_association[association].bit_count() < self._caps[association]

    def displaceable(self, mentor: int) -> int:
        """Pupils whose place could be given up for one more with this mentor."""
        if self.has_room(mentor):
            return self.served
        if self._with_mentor[mentor].bit_count() >= self._capacity[mentor]:
            return self._with_mentor[mentor]
        return self._with_association[self._association[mentor] or ""]

    def _serve(self, pupil: int) -> None:
        """Along the shortest augmenting path from a pupil without a mentor, if there is one."""
        came_from = {pupil: (NOBODY, NOBODY)}
        waiting = deque([pupil])
        while waiting:
            current = waiting.popleft()
            for mentor in self._fits[current]:
                if self.has_room(mentor):
                    self._shift(current, mentor, came_from)
                    return
                for other in _bits(self.displaceable(mentor)):
                    if other not in came_from:
                        came_from[other] = (current, mentor)
                        waiting.append(other)

    def _shift(self, last: int, mentor: int, came_from: dict[int, tuple[int, int]]) -> None:
        """The last of the path takes the free place, and each before it the one given up."""
        while last != NOBODY:
            self._release(last)
            self._place(last, mentor)
            last, mentor = came_from[last]

    def _release(self, pupil: int) -> None:
        mentor = self.mentor_of[pupil]
        if mentor == NOBODY:
            return
        self._with_mentor[mentor] &= ~(1 << pupil)
        association = self._association[mentor]
        if association is not None:
            self._with_association[association] &= ~(1 << pupil)

    def _place(self, pupil: int, mentor: int) -> None:
        self.mentor_of[pupil] = mentor
        self.served |= 1 << pupil
        self._with_mentor[mentor] |= 1 << pupil
        association = self._association[mentor]
        if association is not None:
            self._with_association[association] |= 1 << pupil

    def closure(self) -> list[int]:
        """For each pupil, all whose place could in the end be given up for theirs (bits)."""
        everybody = (1 << len(self._fits)) - 1
        unserved = everybody & ~self.served
        direct = []
        for pupil, fits in enumerate(self._fits):
            reached = unserved if self.mentor_of[pupil] != NOBODY else 0
            for mentor in fits:
                if mentor != self.mentor_of[pupil]:
                    reached |= self.displaceable(mentor)
            direct.append(reached | 1 << pupil)
        return _transitive(direct)


def _transitive(reached: list[int]) -> list[int]:
    """Everything reached in any number of steps (Warshall 1962, a row of bits at a time)."""
    for middle in range(len(reached)):
        bit, through = 1 << middle, reached[middle]
        for place, seen in enumerate(reached):
            if seen & bit:
                reached[place] = seen | through
    return reached


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
