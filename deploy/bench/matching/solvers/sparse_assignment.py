"""scipy's sparse assignment (LAPJVsp: Jonker and Volgenant, 1987) of an easier problem.

A mentor of capacity 2 is two columns; every mentee has a column of their own that means "nobody",
dearer than any detour, so that a full matching exists and makes the most pairs first. It cannot
cap an association, nor hold a floor.
"""

from collections.abc import Iterator
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from deploy.bench.matching.outcome import Outcome, Timings
from services.matching.domain.round_input import RoundInput
from services.matching.engine.eligibility import iter_eligible_pairs
from services.matching.engine.instance import Instance, pool_of
from services.matching.engine.pairs import Pairs, concatenate

_sparse = import_module("scipy.sparse")
_graph = import_module("scipy.sparse.csgraph")

DEAREST = 2.0
"""Costs are 2 - score: above 0 even for a perfect pair, since a cost of 0 would mean no edge."""


def run(given: RoundInput, limit: float) -> Iterator[Outcome]:
    """One outcome."""
    timings = Timings()
    timings.begin("pairs")
    pool = pool_of(given)
    pairs = concatenate(list(iter_eligible_pairs(pool)))
    timings.begin("model")
    owner = np.repeat(np.arange(len(pool.mentors)), pool.mentor_side.capacity)
    costs = _costs(pool, pairs)
    timings.begin("solve")
    mentee, column = _graph.min_weight_full_bipartite_matching(costs)
    real = column < len(owner)
    yield Outcome(
        "scipy",
        pairs=[
            (pool.mentees[i].id, pool.mentors[j].id)
            for i, j in zip(mentee[real].tolist(), owner[column[real]].tolist(), strict=True)
        ],
        proof="easier_optimum",
        permitted=len(pairs),
        steps=timings.finish(),
    )


def _costs(pool: Instance, pairs: Pairs) -> object:
    """A row a mentee; a column a place, then one "nobody" a mentee."""
    mentees, capacity = len(pool.mentees), pool.mentor_side.capacity
    places, times = int(capacity.sum()), capacity[pairs.mentor]
    nobody = np.arange(mentees, dtype=np.int32)
    costs = np.concatenate([np.repeat(DEAREST - pairs.score, times), np.full(mentees, 2 + mentees)])
    rows = np.concatenate([np.repeat(pairs.mentee, times), nobody])
    columns = np.concatenate([_places(pairs, capacity, times), places + nobody])
    return _sparse.csr_array((costs, (rows, columns)), shape=(mentees, places + mentees))


def _places(
    pairs: Pairs, capacity: NDArray[np.int64], times: NDArray[np.int64]
) -> NDArray[np.int32]:
    """For each pair, each column of its mentor."""
    first = np.cumsum(capacity) - capacity
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    return np.asarray(np.repeat(first[pairs.mentor], times) + within, dtype=np.int32)
