"""Flows against a linear program, on networks drawn from printed seeds."""

import numpy as np
import pulp
import pytest

from services.matching.engine.flow import Arcs, network, settle
from services.matching.engine.reroute import reroute

NODES = 14


def drawn(seed: int) -> tuple[Arcs, np.ndarray]:
    """Arcs and supplies that can always be met: everybody has a dear arc to the last node."""
    luck = np.random.default_rng(seed)
    count = 60
    tail = luck.integers(0, NODES - 1, count)
    head = (tail + luck.integers(1, NODES - 1, count)) % NODES
    supply = luck.integers(0, 4, NODES)
    supply[-1] = -int(supply[:-1].sum())
    last = np.arange(NODES - 1)
    arcs = Arcs(
        np.concatenate([tail, last]).astype(np.int32),
        np.concatenate([head, np.full(NODES - 1, NODES - 1)]).astype(np.int32),
        np.concatenate([luck.integers(1, 6, count), np.full(NODES - 1, 99)]).astype(np.int64),
        np.concatenate([luck.integers(-20, 60, count), np.full(NODES - 1, 500)]).astype(np.int64),
    )
    return arcs, supply


def cheapest(arcs: Arcs, supply: np.ndarray) -> float:
    """The least cost, by a linear program."""
    problem = pulp.LpProblem("flow", pulp.LpMinimize)
    flows = [
        problem.add_variable(f"f{n}", 0, int(cap)) for n, cap in enumerate(arcs.capacity.tolist())
    ]
    problem.setObjective(pulp.lpSum(int(c) * f for c, f in zip(arcs.cost, flows, strict=True)))
    for node in range(NODES):
        out = pulp.lpSum(f for f, tail in zip(flows, arcs.tail, strict=True) if tail == node)
        into = pulp.lpSum(f for f, head in zip(flows, arcs.head, strict=True) if head == node)
        problem += out - into == int(supply[node])
    assert pulp.LpStatus[problem.solve(pulp.HiGHS(msg=False))] == "Optimal"
    return float(pulp.value(problem.objective))


def balanced(arcs: Arcs, flow: np.ndarray, supply: np.ndarray) -> bool:
    """Does the flow send every supply and keep every capacity?"""
    net = np.bincount(arcs.tail, flow, NODES) - np.bincount(arcs.head, flow, NODES)
    inside = bool(((flow >= 0) & (flow <= arcs.capacity)).all())
    return inside and np.array_equal(net.astype(int), supply)


@pytest.mark.parametrize("seed", range(40))
def test_a_flow_costs_as_little_as_the_program_says(seed: int) -> None:
    arcs, supply = drawn(seed)
    net = network(NODES, arcs)
    settle(net, supply)
    assert balanced(arcs, net.flow(), supply), f"seed {seed}"
    assert int((net.flow() * arcs.cost).sum()) == cheapest(arcs, supply), f"seed {seed}"


@pytest.mark.parametrize("seed", range(40, 60))
def test_any_guess_of_the_prices_gives_the_same_cost(seed: int) -> None:
    arcs, supply = drawn(seed)
    net = network(NODES, arcs)
    net.potential[:] = np.random.default_rng(seed).integers(-9000, 9000, NODES)
    settle(net, supply, first_step=7)
    assert balanced(arcs, net.flow(), supply), f"seed {seed}"
    assert int((net.flow() * arcs.cost).sum()) == cheapest(arcs, supply), f"seed {seed}"


@pytest.mark.parametrize("seed", range(60, 90))
def test_units_that_come_later_find_their_cheapest_way(seed: int) -> None:
    """A settled flow, then more to send: the same cost as all of it at once."""
    arcs, supply = drawn(seed)
    first = np.minimum(supply, 1)
    first[-1] = -int(first[:-1].sum())
    net = network(NODES, arcs)
    settle(net, first)
    reroute(net, (supply - first).astype(np.int64))
    assert balanced(arcs, net.flow(), supply), f"seed {seed}"
    assert int((net.flow() * arcs.cost).sum()) == cheapest(arcs, supply), f"seed {seed}"


def test_no_room_at_all_is_said() -> None:
    arcs = Arcs(np.array([0], np.int32), np.array([1], np.int32), np.array([1]), np.array([5]))
    net = network(2, arcs)
    with pytest.raises(ValueError, match="lacks room"):
        reroute(net, np.array([2, -2]))
