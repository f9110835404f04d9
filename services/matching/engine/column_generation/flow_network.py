"""Nodes and arcs of a round as a flow, all but the columns.

    mentee ──► mentor ──► association ──► end         placed
       └─────────► public, if it has a floor ──► end   not placed

A mentor lets `capacity` through, an association its cap, and a public with a floor of K at most
(all of it - K). Beside the arc of an association or a public runs another *beyond* its limit, so
expensive that nobody is left on it who could be elsewhere. Publics that lie one inside the other
stand one behind the other.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.spanning_tree import BOUNDLESS, Arcs
from services.matching.engine.duals import FloorConstraint
from services.matching.engine.instance import Instance, caps_of

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class FlowNetwork:
    """Nodes: mentees, mentors, associations, publics with floors, the end. Arcs: one out of each
    node but the end, in the same order; then those beyond the limits of associations and publics;
    then, from `first_column_arc` on, the columns."""

    pool: Instance
    constraints: tuple[FloorConstraint, ...]

    @property
    def mentors(self) -> slice:
        """The nodes of the mentors."""
        first = len(self.pool.mentees)
        return slice(first, first + len(self.pool.mentors))

    @property
    def associations(self) -> slice:
        """The nodes of the associations."""
        first = len(self.pool.mentees) + len(self.pool.mentors)
        return slice(first, first + len(self.pool.associations))

    @property
    def floors(self) -> slice:
        """The nodes of the publics with floors."""
        return slice(self.associations.stop, self.associations.stop + len(self.constraints))

    @property
    def end(self) -> int:
        """The last node, where everything goes."""
        return int(self.floors.stop)

    @property
    def first_column_arc(self) -> int:
        """The first arc of a column."""
        return self.overflow_arc(self.end)

    def overflow_arc(self, arc: int) -> int:
        """The arc beside that of an association or a public, beyond its limit."""
        return self.end + arc - int(self.associations.start)

    def arcs(self, overflow_cost: int) -> Arcs:
        """The arcs with the flow that places nobody; `overflow_cost` is that of an arc beyond a
        limit."""
        out, limited = np.arange(self.end), np.arange(self.associations.start, self.end)
        through = np.minimum(self._leaving, self._capacity)
        past = self._leaving - through
        return Arcs(
            np.concatenate([out, limited]).astype(np.int32),
            np.concatenate([self._behind, self._behind[limited]]),
            np.concatenate([self._capacity, np.full(len(limited), BOUNDLESS)]),
            np.concatenate([np.zeros(self.end, np.int64), np.full(len(limited), overflow_cost)]),
            np.concatenate([through, past[limited]]),
        )

    def first_tree(self) -> Numbers:
        """The arc each node hangs on while nobody is placed: the one out of it, or the one beyond
        its limit where that lets nobody more through."""
        arcs = np.arange(self.end + 1)
        limited = np.arange(self.associations.start, self.end)
        full = limited[self._leaving[limited] >= self._capacity[limited]]
        arcs[full] += self.overflow_arc(0)
        return arcs

    def price_of(self, rank: int, below: NDArray[np.float64]) -> float:
        """A public lies below the one around it by the price of its own floor."""
        node = self.floors.start + rank
        return max(float(below[node] - below[self._behind[node]]), 0.0)

    @cached_property
    def _behind(self) -> NDArray[np.int32]:
        """The node behind each node."""
        linked = np.full(self.end, self.end, np.int32)
        for rank in self._outermost_first:
            linked[: self.mentors.start][self.constraints[rank].members] = self.floors.start + rank
        number = self.pool.mentor_side.association
        linked[self.mentors] = np.where(number >= 0, self.associations.start + number, self.end)
        linked[self.floors] = [self._around(rank) for rank in range(len(self.constraints))]
        return linked

    @cached_property
    def _capacity(self) -> Numbers:
        """What the arc out of each node lets through."""
        capacity = np.full(self.end, BOUNDLESS)
        capacity[self.mentors] = self.pool.mentor_side.capacity
        caps = caps_of(self.pool)
        capacity[self.associations] = np.where(caps >= 0, caps, BOUNDLESS)
        for rank, floor in enumerate(self.constraints):
            if floor.least:
                capacity[self.floors.start + rank] = int(floor.members.sum()) - floor.least
        return capacity

    @cached_property
    def _leaving(self) -> Numbers:
        """What leaves each node while nobody is placed."""
        leaving = np.zeros(self.end, np.int64)
        leaving[: self.mentors.start] = 1
        leaving[self.floors] = [int(floor.members.sum()) for floor in self.constraints]
        return leaving

    @cached_property
    def _outermost_first(self) -> list[int]:
        sizes = [int(floor.members.sum()) for floor in self.constraints]
        return sorted(range(len(sizes)), key=lambda rank: (-sizes[rank], rank))

    def _around(self, rank: int) -> int:
        """The node of the next larger public around a public, or the end."""
        order, floors = self._outermost_first, self.constraints
        around = [
            other
            for other in order[: order.index(rank)]
            if (floors[other].members & floors[rank].members).any()
        ]
        return self.floors.start + around[-1] if around else self.end
