"""Minimum-cost flow on a sparse network, exactly, by cost scaling.

A. V. Goldberg and R. E. Tarjan, "Finding minimum-cost circulations by successive approximation",
Mathematics of Operations Research 15 (1990); the price updates are those of A. V. Goldberg,
"An efficient implementation of a scaling minimum-cost flow algorithm", Journal of Algorithms 22
(1997).

A flow is ε-optimal with potentials π when no arc with room has cost + π_tail - π_head < -ε. Each
phase divides ε by `SCALE`: it fills every arc that gains, then moves what came out of balance
along arcs that gain, lowering the potential of a node that has none. Costs are multiplied by
(nodes + 1), so that ε = 1 is the optimum of whole costs.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.compiled import compiled

SCALE = 5
LARGEST = 1 << 61
"""Costs times (nodes + 1) stay below it, and so do sums of two of them below 64 bits."""

_FAR = 4
"""Price updates look this many times further than there are nodes, in steps of ε."""


@dataclass(frozen=True)
class Arcs:
    """Arcs from `tail` to `head` with their capacity and the cost of one unit, whole numbers."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    capacity: NDArray[np.int64]
    cost: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.tail)


class Residual(NamedTuple):
    """Every arc twice, there and back, grouped by the node it leaves: those of node v stand from
    `first[v]` to `first[v + 1]`. `room` is what it can still take, `twin` the place of the other
    direction."""

    first: NDArray[np.int64]
    head: NDArray[np.int32]
    room: NDArray[np.int64]
    cost: NDArray[np.int64]
    twin: NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """A residual network, and where in it each arc stands. `potential` of each node."""

    arcs: Arcs
    residual: Residual
    place: NDArray[np.int64]
    potential: NDArray[np.int64]

    def flow(self) -> NDArray[np.int64]:
        """The flow on each arc."""
        return np.asarray(self.arcs.capacity - self.residual.room[self.place])


def network(nodes: int, arcs: Arcs, flow: NDArray[np.int64] | None = None) -> Network:
    """A network of `nodes` nodes that carries `flow` (nothing, when not given)."""
    count = len(arcs)
    carried = np.zeros(count, np.int64) if flow is None else flow
    tail = np.concatenate([arcs.tail, arcs.head])
    order = np.argsort(tail, kind="stable")
    place = np.empty(2 * count, np.int64)
    place[order] = np.arange(2 * count)
    cost = arcs.cost * (nodes + 1)
    residual = Residual(
        first=np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=nodes))]).astype(np.int64),
        head=np.concatenate([arcs.head, arcs.tail])[order],
        room=np.concatenate([arcs.capacity - carried, carried])[order],
        cost=np.concatenate([cost, -cost])[order],
        twin=place[(order + count) % (2 * count)],
    )
    return Network(arcs, residual, place[:count], np.zeros(nodes, np.int64))


def settle(net: Network, supply: NDArray[np.int64], first_step: int | None = None) -> None:
    """Send every supply (> 0) to the demands (< 0) at the least cost.

    The network must have room for all of it: a person who is not served has an arc for that too.
    `first_step`: how wrong the potentials of the network may be, in units of scaled cost, where a
    good guess is there already; any guess gives the same optimum.
    """
    largest = int(np.abs(net.residual.cost).max(initial=1))
    if largest > LARGEST:
        raise ValueError("costs too large for 64 bits")
    _settle(net.residual, supply.astype(np.int64), net.potential, first_step or largest)


@compiled
def _settle(
    net: Residual, excess: NDArray[np.int64], potential: NDArray[np.int64], largest: int
) -> None:
    nodes = len(potential)
    line, waits = np.empty(nodes + 1, np.int64), np.zeros(nodes, np.bool_)
    current = np.empty(nodes, np.int64)
    epsilon = largest
    while True:
        _fill_gaining_arcs(net, excess, potential)
        _balance(net, excess, potential, epsilon, current, line, waits)
        if epsilon == 1:
            return
        epsilon = max(epsilon // SCALE, 1)


@compiled
def _fill_gaining_arcs(
    net: Residual, excess: NDArray[np.int64], potential: NDArray[np.int64]
) -> None:
    for node in range(len(potential)):
        for arc in range(net.first[node], net.first[node + 1]):
            room, head = net.room[arc], net.head[arc]
            if room > 0 and net.cost[arc] + potential[node] - potential[head] < 0:
                net.room[arc] = 0
                net.room[net.twin[arc]] += room
                excess[node] -= room
                excess[head] += room


@compiled
def _balance(  # noqa: C901 - a compiled inner loop; calls would slow it
    net: Residual,
    excess: NDArray[np.int64],
    potential: NDArray[np.int64],
    epsilon: int,
    current: NDArray[np.int64],
    line: NDArray[np.int64],
    waits: NDArray[np.bool_],
) -> None:
    """Until nothing is out of balance: discharge the nodes in line, first come, first served."""
    nodes = len(potential)
    _lower_by_distance(net, excess, potential, epsilon)
    first, count, lowered = 0, 0, 0
    for node in range(nodes):
        current[node] = net.first[node]
        waits[node] = excess[node] > 0
        if waits[node]:
            line[count] = node
            count += 1
    while count > 0:
        node = line[first]
        first, count = (first + 1) % (nodes + 1), count - 1
        waits[node] = False
        while excess[node] > 0:
            arc, end = current[node], net.first[node + 1]
            while arc < end and excess[node] > 0:
                head = net.head[arc]
                if net.room[arc] > 0 and net.cost[arc] + potential[node] - potential[head] < 0:
                    pushed = min(net.room[arc], excess[node])
                    net.room[arc] -= pushed
                    net.room[net.twin[arc]] += pushed
                    excess[node] -= pushed
                    excess[head] += pushed
                    if excess[head] > 0 and not waits[head]:
                        line[(first + count) % (nodes + 1)] = head
                        count += 1
                        waits[head] = True
                else:
                    arc += 1
            current[node] = arc
            if excess[node] > 0:
                potential[node] = _highest_useless(net, potential, node) - epsilon
                current[node] = net.first[node]
                lowered += 1
        if lowered > nodes:
            _lower_by_distance(net, excess, potential, epsilon)
            current[:] = net.first[:-1]
            lowered = 0


@compiled
def _highest_useless(net: Residual, potential: NDArray[np.int64], node: int) -> int:
    """The highest potential of a node at which no arc out of it gains yet."""
    highest = np.int64(-(1 << 62))
    for arc in range(net.first[node], net.first[node + 1]):
        if net.room[arc] > 0:
            highest = max(highest, potential[net.head[arc]] - net.cost[arc])
    return int(highest)


@compiled
def _lower_by_distance(  # noqa: C901 - a compiled inner loop; calls would slow it
    net: Residual, excess: NDArray[np.int64], potential: NDArray[np.int64], epsilon: int
) -> None:
    """Lower each node by its distance, in steps of ε, to the nearest demand (Dijkstra in buckets,
    backwards from the demands), so that what is out of balance has a way to go."""
    nodes = len(potential)
    limit = _FAR * nodes + 4
    bucket, after, before = np.full(limit, -1), np.full(nodes, -1), np.full(nodes, -1)
    distance, done = np.full(nodes, limit), np.zeros(nodes, np.bool_)
    left = 0
    for node in range(nodes):
        left += excess[node] > 0
        if excess[node] < 0:
            _move(node, 0, distance, bucket, after, before, limit)
    far = 0
    while far < limit and left > 0:
        node = bucket[far]
        if node < 0:
            far += 1
            continue
        bucket[far] = after[node]
        if after[node] >= 0:
            before[after[node]] = -1
        done[node] = True
        left -= excess[node] > 0
        for arc in range(net.first[node], net.first[node + 1]):
            back, tail = net.twin[arc], net.head[arc]
            if net.room[back] > 0 and not done[tail]:
                loss = net.cost[back] + potential[tail] - potential[node]
                reached = far if loss < 0 else far + loss // epsilon + 1
                if reached < distance[tail]:
                    _move(tail, reached, distance, bucket, after, before, limit)
    far = min(far, limit - 1)
    for node in range(nodes):
        potential[node] -= epsilon * (min(distance[node], far) if done[node] else far)


@compiled
def _move(
    node: int,
    reached: int,
    distance: NDArray[np.int64],
    bucket: NDArray[np.int64],
    after: NDArray[np.int64],
    before: NDArray[np.int64],
    limit: int,
) -> None:
    """Take a node out of the bucket where it is, if any, and put it into that of `reached`."""
    if distance[node] < limit:
        if before[node] >= 0:
            after[before[node]] = after[node]
        else:
            bucket[distance[node]] = after[node]
        if after[node] >= 0:
            before[after[node]] = before[node]
    distance[node] = reached
    after[node], before[node] = bucket[reached], -1
    if bucket[reached] >= 0:
        before[bucket[reached]] = node
    bucket[reached] = node
