"""The arcs of a flow network, and the tree in which those stand that carry part of what they can.

Each node hangs on its way to the root: the tree knows the node above and the arc between the two,
and, so that whatever hangs on a node can be gone through, its children as a chain.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.jit import compile_loop

NONE = -1
"""No node, no arc."""

BOUNDLESS = 1 << 40
"""The capacity of an arc that no flow can fill."""


class Arcs(NamedTuple):
    """Arcs from `tail` to `head`: capacity, cost of one unit, and the flow they carry."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    capacity: NDArray[np.int64]
    cost: NDArray[np.int64]
    flow: NDArray[np.int64]

    def append(self, more: "Arcs") -> "Arcs":
        """These arcs, then others."""
        return Arcs(
            np.concatenate([self.tail, more.tail]),
            np.concatenate([self.head, more.head]),
            np.concatenate([self.capacity, more.capacity]),
            np.concatenate([self.cost, more.cost]),
            np.concatenate([self.flow, more.flow]),
        )


class Tree(NamedTuple):
    """Of each node: the node it hangs on and the arc between the two; how deep it hangs; its
    first child and its neighbours among the children of its parent; its potential."""

    parent: NDArray[np.int64]
    arc: NDArray[np.int64]
    depth: NDArray[np.int64]
    child: NDArray[np.int64]
    after: NDArray[np.int64]
    before: NDArray[np.int64]
    potential: NDArray[np.int64]


@compile_loop
def build(arcs: Arcs, tree: Tree, root: int) -> None:
    """Hang every node on the other end of its arc."""
    for node in range(len(tree.parent)):
        if node != root:
            arc = tree.arc[node]
            attach(tree, node, arcs.tail[arc] + arcs.head[arc] - node, arc)


@compile_loop
def attach(tree: Tree, node: int, parent: int, arc: int) -> None:
    """A node that hangs nowhere becomes the first child of its parent."""
    first = tree.child[parent]
    tree.parent[node], tree.arc[node] = parent, arc
    tree.before[node], tree.after[node] = NONE, first
    tree.child[parent] = node
    if first != NONE:
        tree.before[first] = node


@compile_loop
def detach(tree: Tree, node: int) -> None:
    """A node with all that hangs on it leaves the children of its parent."""
    before, after = tree.before[node], tree.after[node]
    if before != NONE:
        tree.after[before] = after
    else:
        tree.child[tree.parent[node]] = after
    if after != NONE:
        tree.before[after] = before


@compile_loop
def lowest_common_ancestor(tree: Tree, one: int, other: int) -> int:
    """The first node on both ways to the root."""
    while one != other:
        deeper = tree.depth[one] - tree.depth[other]
        if deeper >= 0:
            one = tree.parent[one]
        if deeper <= 0:
            other = tree.parent[other]
    return one


@compile_loop
def recompute_potentials(arcs: Arcs, tree: Tree, stack: NDArray[np.int64], root: int) -> None:
    """Depths and potentials of all nodes, from the root outwards."""
    stack[0], waiting = root, 1
    while waiting > 0:
        waiting -= 1
        node = stack[waiting]
        if node != root:
            parent, arc = tree.parent[node], tree.arc[node]
            cost = arcs.cost[arc] if arcs.head[arc] == node else -arcs.cost[arc]
            tree.depth[node] = tree.depth[parent] + 1
            tree.potential[node] = tree.potential[parent] + cost
        child = tree.child[node]
        while child != NONE:
            stack[waiting] = child
            waiting += 1
            child = tree.after[child]


@compile_loop
def shift_potentials(tree: Tree, stack: NDArray[np.int64], top: int, by: int) -> None:
    """New depths and potentials of a node and all that hang on it."""
    stack[0], waiting = top, 1
    while waiting > 0:
        waiting -= 1
        node = stack[waiting]
        tree.potential[node] += by
        tree.depth[node] = tree.depth[tree.parent[node]] + 1
        child = tree.child[node]
        while child != NONE:
            stack[waiting] = child
            waiting += 1
            child = tree.after[child]
