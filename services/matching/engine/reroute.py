"""Bringing some units of flow to their place by shortest paths.

When all arcs with room have cost + π_tail - π_head ≥ 0 (what cost scaling leaves below it, less
than one unit of cost along any way, counts as 0) and some nodes are out of balance, units take
the cheapest ways from nodes with too much to nodes with too little; potentials follow, so that
the condition still holds and the flow is again the cheapest of all (R. G. Busacker and
P. J. Gowen 1960; with potentials: J. Edmonds and R. M. Karp, Journal of the ACM 19, 1972).

One search serves everybody: distances are taken from all that have too much, and then as many as
can go their shortest ways at once, those that got in each other's way take part in the next
search. Where one person only has to step back to a place that costs a little more, the search
ends after a few nodes: so one arrival is placed among thousands.
"""

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.compiled import compiled
from services.matching.engine.flow import Network, Residual

_UNREACHED = np.int64(1 << 62)


def reroute(net: Network, excess: NDArray[np.int64]) -> None:
    """Send every excess (> 0) to the deficits (< 0) at the least cost; changes both in place.

    Raises ValueError when there is no way for one of them.
    """
    if not _reroute(net.residual, net.potential, excess):
        raise ValueError("no way to a place: the network lacks room")


@compiled
def _reroute(net: Residual, potential: NDArray[np.int64], excess: NDArray[np.int64]) -> bool:
    nodes = len(potential)
    distance = np.full(nodes, _UNREACHED)
    touched, heap = np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    in_heap = np.full(nodes, -1)  # place of a node in the heap; -2: its distance is final
    way, current = np.empty(nodes, np.int64), np.full(nodes, -1)
    on_way = np.zeros(nodes, np.bool_)
    sources = np.flatnonzero(excess > 0)
    while len(sources) > 0:
        count, reach = _search(net, potential, excess, sources, distance, touched, heap, in_heap)
        if reach < 0:
            return False
        for place in range(count):
            node = touched[place]
            potential[node] += min(distance[node], reach) - reach
            distance[node], in_heap[node] = _UNREACHED, -1
            current[node] = net.first[node]
        for source in sources:
            while excess[source] > 0 and _go(net, potential, excess, source, way, current, on_way):
                pass
        current[touched[:count]] = -1
        sources = np.flatnonzero(excess > 0)
    return True


@compiled
def _search(  # noqa: C901 - a compiled inner loop; calls would slow it
    net: Residual,
    potential: NDArray[np.int64],
    excess: NDArray[np.int64],
    sources: NDArray[np.int64],
    distance: NDArray[np.int64],
    touched: NDArray[np.int64],
    heap: NDArray[np.int64],
    in_heap: NDArray[np.int64],
) -> tuple[int, int]:
    """Dijkstra from all sources until as many places with too little are reached as there are
    sources; how many nodes were touched, and how far it went (-1: nowhere)."""
    count = size = len(sources)
    for place in range(size):
        source = sources[place]
        distance[source], touched[place], heap[place], in_heap[source] = 0, source, source, place
    reach, wanted = np.int64(-1), len(sources)
    while size > 0 and wanted > 0:
        node = heap[0]
        size -= 1
        in_heap[node] = -2
        if size > 0:
            heap[0] = heap[size]
            in_heap[heap[0]] = 0
            _sink(heap, in_heap, distance, size)
        if excess[node] < 0:
            reach, wanted = distance[node], wanted + excess[node]
        for arc in range(net.first[node], net.first[node + 1]):
            head = net.head[arc]
            if net.room[arc] <= 0 or in_heap[head] == -2:
                continue
            loss = net.cost[arc] + potential[node] - potential[head]
            reached = distance[node] + max(loss, 0)
            if reached < distance[head]:
                if in_heap[head] < 0:
                    touched[count], heap[size], in_heap[head] = head, head, size
                    count, size = count + 1, size + 1
                distance[head] = reached
                _rise(heap, in_heap, distance, in_heap[head])
    return count, int(reach)


@compiled
def _go(
    net: Residual,
    potential: NDArray[np.int64],
    excess: NDArray[np.int64],
    source: int,
    way: NDArray[np.int64],
    current: NDArray[np.int64],
    on_way: NDArray[np.bool_],
) -> bool:
    """One unit from `source` along arcs that cost nothing now, depth first; false when there is
    no such way left. An arc that led nowhere is not tried again in this search."""
    node, length = source, 0
    on_way[source] = True
    while excess[node] >= 0:
        arc = current[node]
        if arc < net.first[node + 1]:
            head = net.head[arc]
            free = net.room[arc] > 0 and net.cost[arc] + potential[node] - potential[head] <= 0
            if free and current[head] >= 0 and not on_way[head]:
                way[length], node, length = arc, head, length + 1
                on_way[node] = True
            else:
                current[node] += 1
            continue
        on_way[node] = False
        if length == 0:
            return False
        length -= 1
        node = net.head[net.twin[way[length]]]
        current[node] += 1
    excess[source] -= 1
    excess[node] += 1
    on_way[node] = False
    for place in range(length):
        arc = way[place]
        net.room[arc] -= 1
        net.room[net.twin[arc]] += 1
        on_way[net.head[net.twin[arc]]] = False
    return True


@compiled
def _rise(
    heap: NDArray[np.int64], in_heap: NDArray[np.int64], key: NDArray[np.int64], place: int
) -> None:
    node = heap[place]
    while place > 0:
        above = (place - 1) // 2
        if key[heap[above]] <= key[node]:
            break
        heap[place] = heap[above]
        in_heap[heap[place]] = place
        place = above
    heap[place] = node
    in_heap[node] = place


@compiled
def _sink(
    heap: NDArray[np.int64], in_heap: NDArray[np.int64], key: NDArray[np.int64], size: int
) -> None:
    node, place = heap[0], 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and key[heap[below + 1]] < key[heap[below]]:
            below += 1
        if key[node] <= key[heap[below]]:
            break
        heap[place] = heap[below]
        in_heap[heap[place]] = place
        place = below
    heap[place] = node
    in_heap[node] = place
