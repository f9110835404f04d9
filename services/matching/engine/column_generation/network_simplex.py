"""Minimum-cost flow on a sparse network, exactly, by the network simplex method.

G. B. Dantzig, "Application of the simplex method to a transportation problem" (1951); trees that
are strongly feasible, so that it never cycles: W. H. Cunningham, "A network simplex
method", Mathematical Programming 11 (1976).

Arcs that carry part of what they can hold stand in a tree, in which each node hangs on its way to
the root. Potentials π are such that tree arcs neither gain nor lose. An arc beside the tree that
gains, by the sign of cost + π_tail - π_head, enters it: its cycle takes what it can, and an arc
that this has filled or emptied leaves. When none gains, the flow is the cheapest. The tree is
kept: arcs that come later, or other costs, take only the turns that they need.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.spanning_tree import (
    NONE,
    Arcs,
    Tree,
    attach,
    build,
    detach,
    lowest_common_ancestor,
    recompute_potentials,
    shift_potentials,
)
from services.matching.engine.jit import compile_loop

LARGEST = 1 << 61
"""Costs added up along a way stay below it, and so do two of them below 64 bits."""

BLOCK = 48
"""Size of a pricing block: arcs of which the best enters, about the columns of two mentees."""

_FULL, _AT_REST, _EMPTY = -1, 0, 1
"""An arc beside the tree is full or empty. In the tree, or frozen, it is at rest."""


class Network(NamedTuple):
    """Arcs and their states."""

    arcs: Arcs
    state: NDArray[np.int8]


@dataclass
class Simplex:
    """A network that keeps its cheapest flow.

    `arcs` carry a flow that sends all there is to send. `hangs_on` is each node's arc in the first
    tree (of the `root`, none): one with room left towards the root. Other arcs are empty or full.
    """

    arcs: Arcs
    hangs_on: NDArray[np.int64]
    root: int
    tree: Tree = field(init=False)
    _state: NDArray[np.int8] = field(init=False)
    _stack: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        nodes = len(self.hangs_on)
        self._state = np.where(self.arcs.flow > 0, _FULL, _EMPTY).astype(np.int8)
        self._state[self.arcs.capacity == 0] = _AT_REST
        self._state[np.delete(self.hangs_on, self.root)] = _AT_REST
        self._stack = np.empty(nodes, np.int64)
        parent, child, after, before = (np.full(nodes, NONE) for _ in range(4))
        zeros = (np.zeros(nodes, np.int64) for _ in range(2))
        depth, potential = zeros
        arc = self.hangs_on.astype(np.int64)
        self.tree = Tree(parent, arc, depth, child, after, before, potential)
        build(self.arcs, self.tree, self.root)
        recompute_potentials(self.arcs, self.tree, self._stack, self.root)

    def optimize(self) -> None:
        """Makes the flow the cheapest there is."""
        _optimize(Network(self.arcs, self._state), self.tree, self._stack)

    def add(self, more: Arcs) -> None:
        """Arcs that carry nothing yet."""
        self.arcs = self.arcs.append(more)
        self._state = np.append(self._state, np.full(len(more.tail), _EMPTY, np.int8))

    def narrow(self, arc: int, capacity: int, beside: int) -> None:
        """A capacity for an arc that had none; what it no longer takes goes `beside`, which is an
        arc between the same nodes."""
        self.arcs.capacity[arc] = capacity
        over = max(self.arcs.flow[arc] - capacity, 0)
        self.arcs.flow[arc] -= over
        self.arcs.flow[beside] += over
        if over or self.arcs.flow[arc] == capacity:
            self._replace(arc, beside)

    def _replace(self, arc: int, beside: int) -> None:
        """A full arc leaves the tree; the one beside it stands in for it."""
        for node in (self.arcs.tail[arc], self.arcs.head[arc]):
            if self.tree.arc[node] == arc:
                self.tree.arc[node] = beside
                self._state[beside] = _AT_REST
        self._state[arc] = _FULL if self.arcs.capacity[arc] else _AT_REST
        recompute_potentials(self.arcs, self.tree, self._stack, self.root)

    def settle_ties(self, second_cost: NDArray[np.int64]) -> None:
        """Of all flows that are as cheap as this one, the cheapest by another cost.

        They differ from it only on arcs that neither gain nor lose: all others are frozen.
        """
        arcs, potential = self.arcs, self.tree.potential
        loss = arcs.cost + potential[arcs.tail] - potential[arcs.head]
        self._state[loss != 0] = _AT_REST
        self.arcs = arcs._replace(cost=second_cost)
        recompute_potentials(self.arcs, self.tree, self._stack, self.root)
        self.optimize()


@compile_loop
def _optimize(net: Network, tree: Tree, stack: NDArray[np.int64]) -> None:
    arc = start = 0
    while True:
        arc, start = _entering(net, tree, start)
        if arc == NONE:
            return
        _pivot(net, tree, stack, arc)


@compile_loop
def _entering(net: Network, tree: Tree, start: int) -> tuple[int, int]:
    """The arc that gains most in the first block where one gains, and where the next begins."""
    arcs, best, entering, place = net.arcs, 0, NONE, start
    count = len(net.state)
    for seen in range(count):
        loss = arcs.cost[place] + tree.potential[arcs.tail[place]]
        loss = net.state[place] * (loss - tree.potential[arcs.head[place]])
        if loss < best:
            best, entering = loss, place
        place = place + 1 if place + 1 < count else 0
        if entering != NONE and seen % BLOCK == BLOCK - 1:
            break
    return entering, place


@compile_loop
def _pivot(net: Network, tree: Tree, stack: NDArray[np.int64], arc: int) -> None:
    """Fill the cycle of an arc; the last arc on it to stop the flow, seen from the join, leaves."""
    arcs, way = net.arcs, net.state[arc]
    first, second = arcs.tail[arc], arcs.head[arc]
    if way == _FULL:
        first, second = second, first
    join = lowest_common_ancestor(tree, first, second)
    before, stop_before = _residual(arcs, tree, first, join, False, arcs.capacity[arc])
    room, stop_behind = _residual(arcs, tree, second, join, True, before)
    if room > 0:
        arcs.flow[arc] += way * room
        _augment(arcs, tree, first, join, -room)
        _augment(arcs, tree, second, join, room)
    if stop_behind != NONE:
        _reattach_subtree(net, tree, stack, arc, second, first, stop_behind)
    elif stop_before != NONE:
        _reattach_subtree(net, tree, stack, arc, first, second, stop_before)
    else:
        net.state[arc] = -way


@compile_loop
def _residual(
    arcs: Arcs, tree: Tree, node: int, join: int, rootwards: bool, most: int
) -> tuple[int, int]:
    """What the way between a node and the join can take, up to `most`, and where it stops: the
    last stop along the cycle, which runs from the join down and up to it again."""
    stop = NONE
    while node != join:
        arc = tree.arc[node]
        if (arcs.tail[arc] == node) == rootwards:
            room = arcs.capacity[arc] - arcs.flow[arc]
        else:
            room = arcs.flow[arc]
        if room < most or (rootwards and room == most):
            most, stop = room, node
        node = tree.parent[node]
    return most, stop


@compile_loop
def _augment(arcs: Arcs, tree: Tree, node: int, join: int, units: int) -> None:
    """Units from a node towards the join (< 0: the other way)."""
    while node != join:
        arc = tree.arc[node]
        arcs.flow[arc] += units if arcs.tail[arc] == node else -units
        node = tree.parent[node]


@compile_loop
def _reattach_subtree(
    net: Network,
    tree: Tree,
    stack: NDArray[np.int64],
    arc: int,
    node: int,
    parent: int,
    stop: int,
) -> None:
    """Everything that hangs on `stop` hangs on `arc` from now on, held by `node`."""
    arcs, leaving = net.arcs, tree.arc[stop]
    net.state[arc] = _AT_REST
    net.state[leaving] = _EMPTY if arcs.flow[leaving] == 0 else _FULL
    gained = arcs.cost[arc] + tree.potential[arcs.tail[arc]] - tree.potential[arcs.head[arc]]
    if arcs.tail[arc] == node:
        gained = -gained
    holder, bough = node, arc
    while True:
        next_holder, next_bough = tree.parent[holder], tree.arc[holder]
        detach(tree, holder)
        attach(tree, holder, parent, bough)
        if holder == stop:
            break
        parent, holder, bough = holder, next_holder, next_bough
    shift_potentials(tree, stack, node, gained)
