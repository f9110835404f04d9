"""OR-Tools' min-cost flow (cost scaling: Goldberg and Tarjan, 1990) over all permitted pairs.

    source ─1─► mentee ─1─► mentor ─capacity─► association ─cap─► sink

A largest flow of least cost is the most pairs, then the best score: all rules but the floors,
which it cannot hold. Arcs are handed over block by block, so no second copy of them exists.
It shares no process with HiGHS: the two crash together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from deploy.bench.matching.outcome import Outcome, Timings
from services.matching.domain.round_input import RoundInput
from services.matching.engine.eligibility import iter_eligible_pairs
from services.matching.engine.instance import NONE, Instance, pool_of
from services.matching.engine.pairs import Pairs

_flows = import_module("ortools.graph.python.min_cost_flow")

RESOLUTION = 1_000_000
"""Costs are whole numbers: millionths of a score. What rounding can lose is at most half of one
for each pair."""


def run(given: RoundInput, limit: float) -> Iterator[Outcome]:
    """One outcome."""
    timings = Timings()
    timings.begin("pairs")
    pool = pool_of(given)
    network, count = _Network(pool), 0
    for block in iter_eligible_pairs(pool):
        timings.begin("model")
        count += network.add(block)
        timings.begin("pairs")
    timings.begin("model")
    network.close()
    timings.begin("solve")
    chosen = network.iter_chosen_places(count)
    yield Outcome(
        "ortools",
        pairs=[(pool.mentees[i].id, pool.mentors[j].id) for i, j in chosen],
        proof="easier_optimum",
        permitted=count,
        steps=timings.finish(),
    )


@dataclass(frozen=True)
class _Nodes:
    """Numbers of nodes: mentees, mentors, associations, source, sink."""

    mentees: int
    mentors: int
    associations: int

    @property
    def source(self) -> int:
        return self.mentees + self.mentors + self.associations

    @property
    def sink(self) -> int:
        return self.source + 1


class _Network:
    """The pairs are the first arcs, in their order."""

    def __init__(self, pool: Instance) -> None:
        self._pool = pool
        self._nodes = _Nodes(len(pool.mentees), len(pool.mentors), len(pool.associations))
        self._flow = _flows.SimpleMinCostFlow()

    def add(self, block: Pairs) -> int:
        """Adds pairs; gives how many."""
        cost = np.rint((1 - block.score) * RESOLUTION)
        self._arcs(block.mentee, self._nodes.mentees + block.mentor, 1, cost)
        return len(block)

    def close(self) -> None:
        """Adds what everybody can take, once all pairs are in."""
        nodes, side = self._nodes, self._pool.mentor_side
        self._arcs(nodes.source, np.arange(nodes.mentees), 1)
        mentors = nodes.mentees + np.arange(nodes.mentors)
        theirs = nodes.mentees + nodes.mentors + side.association
        heads = np.where(side.association == NONE, nodes.sink, theirs)
        self._arcs(mentors, heads, side.capacity)
        caps = [self._pool.caps.get(name, nodes.mentees) for name in self._pool.associations]
        first = nodes.mentees + nodes.mentors
        self._arcs(first + np.arange(nodes.associations), nodes.sink, np.array(caps, np.int64))

    def iter_chosen_places(self, pairs: int) -> Iterator[tuple[int, int]]:
        """Solves, and gives the places of each pair made."""
        flow, nodes = self._flow, self._nodes
        flow.set_node_supply(nodes.source, nodes.mentees)
        flow.set_node_supply(nodes.sink, -nodes.mentees)
        status = flow.solve_max_flow_with_min_cost()
        if status != flow.OPTIMAL:
            raise ArithmeticError(f"min-cost flow ended as {status.name}")
        for arc in np.flatnonzero(flow.flows(np.arange(pairs, dtype=np.int32))).tolist():
            yield flow.tail(arc), flow.head(arc) - nodes.mentees

    def _arcs(self, tails: Any, heads: Any, most: Any, costs: Any = 0) -> None:
        """Any of the four may be one number for all."""
        shape = np.broadcast_shapes(np.shape(tails), np.shape(heads))
        ends = (np.broadcast_to(side, shape).astype(np.int32) for side in (tails, heads))
        figures = (np.broadcast_to(value, shape).astype(np.int64) for value in (most, costs))
        self._flow.add_arcs_with_capacity_and_unit_cost(*ends, *figures)
