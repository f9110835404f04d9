"""A round over some offers as a flow: who is placed where, at the least cost.

    mentee ──► mentor ──► association ──► end         placed: the value of the pair is earned
       └─────────► public, if it has a floor ──► end   not placed: at most so many of a public

Every mentee sends one unit. A mentor lets `capacity` through, an association its cap, and a public
with a floor of K lets only (all of it - K) go unserved. Publics that lie one inside the other stand
one behind the other; publics that cross have no place in a flow (see `crossing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.aim import Aim, HeldFloor, PlacePrices, Solved, caps_of
from services.matching.engine.flow import LARGEST, Arcs, Network, network, settle
from services.matching.engine.outlook import Priced
from services.matching.engine.pairing import Pairs
from services.matching.engine.pool import Pool
from services.matching.engine.reroute import reroute

FINEST = 1 << 28
"""Whole units of cost in a score of 1: finer than any two scores of a policy are apart in practice,
and no more than 64 bits can hold for a whole country."""

ROUNDED_OFF = 64
"""Whole units of cost that rounding may add up to along a chain of people who move over."""

GUESSED = 0.02
"""How wrong guessed prices may be, in points of score, without costing more time than they save."""


def crossing(floors: Sequence[HeldFloor]) -> bool:
    """Do two publics share people without one being inside the other?"""
    return any(
        bool((a & b).any() and (a & ~b).any() and (b & ~a).any())
        for a, b in combinations([floor.members for floor in floors], 2)
    )


@dataclass(frozen=True)
class _Nodes:
    """The numbers of the nodes: mentees, mentors, associations, publics with floors, the end."""

    mentees: int
    mentors: int
    associations: int
    floors: int

    @property
    def end(self) -> int:
        return self.mentees + self.mentors + self.associations + self.floors

    @property
    def count(self) -> int:
        return self.end + 1

    def mentor(self, place: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.asarray(self.mentees + place, dtype=np.int32)

    def association(self, number: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.asarray(self.mentees + self.mentors + number, dtype=np.int32)

    def floor(self, rank: int) -> int:
        return self.mentees + self.mentors + self.associations + rank


class Placement:
    """Places the mentees of a pool for one aim, over offers that may grow."""

    def __init__(self, pool: Pool, aim: Aim) -> None:
        self._pool, self._aim = pool, aim
        self._caps = caps_of(pool)
        sides = (len(pool.mentees), len(pool.mentors), len(pool.associations))
        self._nodes = _Nodes(*sides, len(aim.floors))
        self._unit = _unit(self._nodes, aim)
        self._potential: NDArray[np.int64] | None = None

    def place(self, offers: Pairs) -> Solved:
        """The optimum over the offers; prices found or guessed before only shorten the way."""
        net = network(self._nodes.count, self._arcs(offers))
        supply = np.zeros(self._nodes.count, np.int64)
        supply[: self._nodes.mentees] = 1
        supply[self._nodes.end] = -self._nodes.mentees
        if self._potential is None:
            settle(net, supply)
        else:
            net.potential[:] = self._potential
            settle(net, supply, int(GUESSED * self._unit * (self._nodes.count + 1)) or 1)
        return self._read(net, offers)

    def guess(self, offers: Pairs, prices: PlacePrices) -> None:
        """Begin from prices that are about right."""
        nodes, pool = self._nodes, self._pool
        credit = prices.credit(self._aim.floors, nodes.mentees)
        base = self._aim.bonus + self._aim.counted + credit
        asked = Priced(base, self._aim.worth, prices.of_mentors(pool))
        height = np.zeros(nodes.count)
        height[: nodes.mentees] = asked.best_left(offers) - credit
        height[nodes.mentees : nodes.mentees + nodes.mentors] = -asked.price
        associations = slice(nodes.mentees + nodes.mentors, nodes.floor(0))
        height[associations] = np.where(self._caps >= 0, -prices.associations, 0.0)
        for rank, floor in enumerate(self._aim.floors):
            height[nodes.floor(rank)] = -credit[floor.members].min() if floor.members.any() else 0.0
        self._potential = np.rint(height * self._unit * (nodes.count + 1)).astype(np.int64)

    def mend(self, offers: Pairs, made: NDArray[np.bool_]) -> Solved:
        """The optimum over the offers, from one of fewer offers: `made` is what it made.

        Whoever has an offer that gains more steps out of the own place, and takes the best way in
        again; at worst back to it.
        """
        if self._potential is None:
            return self.place(offers)
        arcs = self._arcs(offers)
        flow = self._carried(offers, made)
        excess = self._step_out(arcs, flow, self._potential)
        net = network(self._nodes.count, arcs, flow)
        net.potential[:] = self._potential
        reroute(net, excess)
        return self._read(net, offers)

    def finish(self, offers: Pairs, solved: Solved) -> Solved:
        """A flow is whole already; its prices lose what rounding left to those not placed.

        Who is not placed gains nothing at true prices. Where a hundred thousand wait for the same
        few places, what whole costs round off would add up; a dear place made dearer by as much
        takes it from everybody, and gives it back with the place. Counts are whole from the start.
        """
        if not self._aim.worth:
            return solved
        prices = solved.prices
        base = self._aim.bonus + self._aim.counted
        base = base + prices.credit(self._aim.floors, self._nodes.mentees)
        left = Priced(base, self._aim.worth, prices.of_mentors(self._pool)).best_left(offers)
        left[offers.mentee[solved.made]] = 0.0
        stray = min(float(left.max(initial=0.0)), ROUNDED_OFF / self._unit)
        shared = prices.associations > 0
        alone = (prices.mentors > 0) & ~np.append(shared, False)[self._pool.mentor_side.association]
        dearer = replace(
            prices,
            mentors=prices.mentors + stray * alone,
            associations=prices.associations + stray * shared,
        )
        return Solved(solved.made, dearer)

    def _step_out(
        self, arcs: Arcs, flow: NDArray[np.int64], potential: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Takes the unit of each mentee that could gain off its arc; where balance is lost."""
        mentees, scale = self._nodes.mentees, self._nodes.count + 1
        own = np.flatnonzero(arcs.tail < mentees)
        tail, head = arcs.tail[own], arcs.head[own]
        gain = potential[head] - potential[tail] - arcs.cost[own] * scale
        best = np.zeros(mentees, np.int64)
        np.maximum.at(best, tail, gain)
        stepping = best > scale
        potential[:mentees] += np.where(stepping, best, 0)
        left = own[stepping[tail] & (flow[own] > 0)]
        flow[left] = 0
        excess = np.zeros(self._nodes.count, np.int64)
        excess[arcs.tail[left]] += 1
        np.subtract.at(excess, arcs.head[left], 1)
        return excess

    def _arcs(self, offers: Pairs) -> Arcs:
        nodes, side = self._nodes, self._pool.mentor_side
        everybody = np.arange(nodes.mentees, dtype=np.int32)
        mentors = np.arange(nodes.mentors, dtype=np.int32)
        capped = np.flatnonzero(self._caps >= 0).astype(np.int32)
        value = np.rint(self._aim.of(offers) * self._unit).astype(np.int64)
        parts = [
            (offers.mentee, nodes.mentor(offers.mentor), 1, -value),
            (everybody, self._unserved(), 1, 0),
            (nodes.mentor(mentors), self._behind_mentors(), side.capacity, 0),
            (nodes.association(capped), nodes.end, self._caps[capped], 0),
            *self._floor_arcs(),
        ]
        return Arcs(*(np.concatenate(column) for column in zip(*map(_column, parts), strict=True)))

    def _behind_mentors(self) -> NDArray[np.int32]:
        number = self._pool.mentor_side.association
        capped = np.append(self._caps >= 0, False)[number]
        return np.where(capped, self._nodes.association(number), self._nodes.end).astype(np.int32)

    def _unserved(self) -> NDArray[np.int32]:
        """Where each mentee goes who is not placed: the innermost public with a floor."""
        goes = np.full(self._nodes.mentees, self._nodes.end, np.int32)
        for rank in self._outermost_first():
            goes[self._aim.floors[rank].members] = self._nodes.floor(rank)
        return goes

    def _outermost_first(self) -> list[int]:
        floors = self._aim.floors
        return sorted(range(len(floors)), key=lambda rank: (-int(floors[rank].members.sum()), rank))

    def _floor_arcs(self) -> list[tuple[object, object, object, object]]:
        """Of each public, so many may go unserved; beyond them, at more than a pair is worth."""
        arcs: list[tuple[object, object, object, object]] = []
        order, floors = self._outermost_first(), self._aim.floors
        dear = round(2 * (self._aim.bonus + 2) * self._unit)
        for place, rank in enumerate(order):
            members, node = floors[rank].members, self._nodes.floor(rank)
            around = [r for r in order[:place] if (floors[r].members & members).any()]
            behind = self._nodes.floor(around[-1]) if around else self._nodes.end
            people = int(members.sum())
            arcs.append((node, behind, people - floors[rank].least, 0))
            arcs.append((node, behind, people, dear))
        return arcs

    def _carried(self, offers: Pairs, made: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The flow of these pairs, arc by arc in the order of `_arcs`."""
        pool, nodes = self._pool, self._nodes
        placed = np.bincount(offers.mentee[made], minlength=nodes.mentees)
        taken = np.bincount(offers.mentor[made], minlength=nodes.mentors)
        number = pool.mentor_side.association
        known = number >= 0
        shared = np.bincount(number[known], taken[known], minlength=nodes.associations)
        capped = np.flatnonzero(self._caps >= 0)
        parts = [made, 1 - placed, taken, shared[capped], self._passing(placed)]
        return np.concatenate([np.asarray(part).astype(np.int64) for part in parts])

    def _passing(self, placed: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of each public go unserved, up to what its floor allows and beyond."""
        flows: list[int] = []
        for rank in self._outermost_first():
            floor = self._aim.floors[rank]
            unserved = int((1 - placed[floor.members]).sum())
            allowed = min(unserved, int(floor.members.sum()) - floor.least)
            flows += [allowed, unserved - allowed]
        return np.array(flows, dtype=np.int64)

    def _read(self, net: Network, offers: Pairs) -> Solved:
        """Which offers are made, and prices: how far each node lies below the end, never negative.

        π_end - π of an association is its price; what a mentor lies below that is the mentor's.
        """
        self._potential = net.potential
        nodes, scale = self._nodes, (self._nodes.count + 1) * self._unit
        below = (net.potential[nodes.end] - net.potential) / scale
        ranks = np.arange(nodes.associations, dtype=np.int32)
        shared = np.where(self._caps >= 0, np.maximum(below[nodes.association(ranks)], 0.0), 0.0)
        number = self._pool.mentor_side.association
        mentors = below[nodes.mentees : nodes.mentees + nodes.mentors]
        own = np.maximum(mentors - np.append(shared, 0.0)[number], 0.0)
        made = net.flow()[: len(offers)] > 0
        return Solved(made, PlacePrices(own, shared, self._floor_prices(below)))

    def _floor_prices(self, below: NDArray[np.float64]) -> NDArray[np.float64]:
        """A public lies below the one around it by the price of its own floor."""
        order, floors = self._outermost_first(), self._aim.floors
        prices = np.zeros(len(floors))
        for place, rank in enumerate(order):
            around = [r for r in order[:place] if (floors[r].members & floors[rank].members).any()]
            behind = below[self._nodes.floor(around[-1])] if around else 0.0
            prices[rank] = max(below[self._nodes.floor(rank)] - behind, 0.0)
        return prices


def _unit(nodes: _Nodes, aim: Aim) -> int:
    """The finest whole unit of cost that 64 bits allow; whole numbers where no score counts."""
    if not aim.worth:
        return 1
    dearest = 2 * (aim.bonus + 3)
    unit = FINEST
    while unit > 1 and unit * dearest * (nodes.count + 1) > LARGEST:
        unit //= 2
    return unit


def _column(part: tuple[object, object, object, object]) -> tuple[NDArray[np.int64], ...]:
    tail, head, capacity, cost = np.broadcast_arrays(*(np.atleast_1d(np.asarray(x)) for x in part))
    narrow, wide = np.int32, np.int64
    return tail.astype(narrow), head.astype(narrow), capacity.astype(wide), cost.astype(wide)
