"""Prices in the middle of all that prove the same flow.

Potentials that prove a flow are as many as ways to share what a pair is worth between its two
sides: the highest put every node as far above the root as the shortest way to it allows, the lowest
as far below (shortest ways over arcs with room, an arc as long as it loses). Halfway between, an
arc neither gains nor loses almost only where it must: so few pairs are left to decide on, and
nobody's price is at one end of what it could be.
"""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.spanning_tree import Arcs
from services.matching.engine.jit import compile_loop

Numbers = NDArray[np.int64]


def center_potentials(arcs: Arcs, potential: Numbers, root: int, most: int) -> Numbers:
    """Potentials halfway between the highest and the lowest, each at most `most` away."""
    loss = arcs.cost + potential[arcs.tail] - potential[arcs.head]
    onwards = (arcs.flow < arcs.capacity) & (loss < most)
    backwards = (arcs.flow > 0) & (-loss < most)
    tail = np.concatenate([arcs.tail[onwards], arcs.head[backwards]])
    head = np.concatenate([arcs.head[onwards], arcs.tail[backwards]])
    length = np.maximum(np.concatenate([loss[onwards], -loss[backwards]]), 0)
    nodes = len(potential)
    above = _shortest(*_leaving(tail, head, length, nodes), root, most)
    below = _shortest(*_leaving(head, tail, length, nodes), root, most)
    return np.asarray(potential + (above - below) // 2)


def _leaving(
    tail: NDArray[np.int32], head: NDArray[np.int32], length: Numbers, nodes: int
) -> tuple[Numbers, NDArray[np.int32], Numbers]:
    """Arcs grouped by the node they leave: where each group starts, heads, lengths."""
    first = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=nodes), out=first[1:])
    order = _order(tail, first[:-1].copy())
    return first, head[order], length[order]


@compile_loop
def _order(tail: NDArray[np.int32], place: Numbers) -> Numbers:
    """Where each arc comes from once all are grouped; `place` is where the next of a group goes."""
    order = np.empty(len(tail), np.int64)
    for arc in range(len(tail)):
        order[place[tail[arc]]] = arc
        place[tail[arc]] += 1
    return order


@compile_loop
def _shortest(
    first: Numbers, head: NDArray[np.int32], length: Numbers, root: int, most: int
) -> Numbers:
    """How far each node is from the root, at most `most` (E. W. Dijkstra 1959)."""
    far = np.full(len(first) - 1, most)
    far[root] = 0
    waiting = [(np.int64(0), np.int64(root))]
    while len(waiting) > 0:
        reached, node = heappop(waiting)
        if reached > far[node]:
            continue
        for arc in range(first[node], first[node + 1]):
            further, there = reached + length[arc], np.int64(head[arc])
            if further < far[there]:
                far[there] = further
                heappush(waiting, (further, there))
    return far
