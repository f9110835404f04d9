"""Flows against a linear program, on networks drawn from printed seeds."""

import numpy as np
import pulp
import pytest

from services.matching.engine.column_generation.dual_centering import center_potentials
from services.matching.engine.column_generation.network_simplex import Simplex
from services.matching.engine.column_generation.spanning_tree import BOUNDLESS, Arcs

NODES = 14
ROOT = NODES - 1
COSTLY = 500


class Drawn:
    """A network in which everybody can go to the last node by a dear arc, and does at first."""

    def __init__(self, seed: int, arcs: int = 60) -> None:
        luck = np.random.default_rng(seed)
        self.supply = luck.integers(0, 4, NODES)
        self.supply[ROOT] = -int(self.supply[:-1].sum())
        tail = luck.integers(0, ROOT, arcs)
        self.costly = Arcs(
            np.arange(ROOT, dtype=np.int32),
            np.full(ROOT, ROOT, np.int32),
            np.full(ROOT, BOUNDLESS),
            np.full(ROOT, COSTLY),
            self.supply[:-1].copy(),
        )
        self.others = Arcs(
            tail.astype(np.int32),
            ((tail + luck.integers(1, ROOT, arcs)) % NODES).astype(np.int32),
            luck.integers(0, 6, arcs),
            luck.integers(-20, 60, arcs),
            np.zeros(arcs, np.int64),
        )

    def simplex(self, first: int | None = None) -> Simplex:
        """The network with its first arcs (all, when None)."""
        cheap = part_of(self.others, slice(first))
        return Simplex(self.costly.append(cheap), np.arange(NODES), ROOT)


def part_of(arcs: Arcs, part: slice) -> Arcs:
    """Some of the arcs, in arrays of their own."""
    return Arcs(
        arcs.tail[part].copy(),
        arcs.head[part].copy(),
        arcs.capacity[part].copy(),
        arcs.cost[part].copy(),
        arcs.flow[part].copy(),
    )


def cheapest(arcs: Arcs, supply: np.ndarray, cost: np.ndarray | None = None) -> pulp.LpProblem:
    """The least cost, by a linear program."""
    problem = pulp.LpProblem("flow", pulp.LpMinimize)
    flows = [
        problem.add_variable(f"f{n}", 0, int(most)) for n, most in enumerate(arcs.capacity.tolist())
    ]
    costs = arcs.cost if cost is None else cost
    problem.setObjective(pulp.lpSum(int(c) * f for c, f in zip(costs, flows, strict=True)))
    for node in range(NODES):
        out = pulp.lpSum(f for f, tail in zip(flows, arcs.tail, strict=True) if tail == node)
        into = pulp.lpSum(f for f, head in zip(flows, arcs.head, strict=True) if head == node)
        problem += out - into == int(supply[node])
    if cost is not None:
        first = cheapest(arcs, supply)
        total = pulp.lpSum(int(c) * f for c, f in zip(arcs.cost, flows, strict=True))
        problem += total == round(pulp.value(first.objective))
    assert pulp.LpStatus[problem.solve(pulp.HiGHS(msg=False))] == "Optimal"
    return problem


def least(arcs: Arcs, supply: np.ndarray) -> int:
    return round(float(pulp.value(cheapest(arcs, supply).objective)))


def check(simplex: Simplex, supply: np.ndarray, seed: int) -> None:
    """Every supply is sent, every capacity kept, at the cost that the linear program finds."""
    arcs = simplex.arcs
    net = np.bincount(arcs.tail, arcs.flow, NODES) - np.bincount(arcs.head, arcs.flow, NODES)
    assert np.array_equal(net.astype(int), supply), f"seed {seed}"
    assert ((arcs.flow >= 0) & (arcs.flow <= arcs.capacity)).all(), f"seed {seed}"
    assert int((arcs.flow * arcs.cost).sum()) == least(arcs, supply), f"seed {seed}"


def losses(arcs: Arcs, potential: np.ndarray) -> np.ndarray:
    return np.asarray(arcs.cost + potential[arcs.tail] - potential[arcs.head])


def proves(arcs: Arcs, potential: np.ndarray, slack: int = 0) -> bool:
    """No arc with room gains, and none that carries something loses."""
    loss = losses(arcs, potential)
    room = (loss[arcs.flow < arcs.capacity] >= -slack).all()
    return bool(room and (loss[arcs.flow > 0] <= slack).all())


@pytest.mark.parametrize("seed", range(40))
def test_a_flow_costs_as_little_as_a_linear_program(seed: int) -> None:
    drawn = Drawn(seed)
    simplex = drawn.simplex()
    simplex.optimize()
    check(simplex, drawn.supply, seed)
    assert proves(simplex.arcs, simplex.tree.potential), f"seed {seed}"


@pytest.mark.parametrize("seed", range(40, 70))
def test_arcs_that_come_later_are_used_as_if_they_had_always_been_there(seed: int) -> None:
    drawn = Drawn(seed)
    simplex = drawn.simplex(20)
    simplex.optimize()
    for start in (20, 35):
        simplex.add(part_of(drawn.others, slice(start, start + 15)))
        simplex.optimize()
        check(simplex, drawn.supply, seed)


@pytest.mark.parametrize("seed", range(70, 100))
def test_what_a_narrowed_arc_no_longer_takes_goes_beside_it(seed: int) -> None:
    drawn = Drawn(seed)
    simplex = drawn.simplex()
    beside = len(simplex.arcs.tail)
    dearer = part_of(drawn.costly, slice(ROOT))
    simplex.add(dearer._replace(cost=dearer.cost * 2, flow=0 * dearer.flow))
    simplex.optimize()
    for arc in range(0, ROOT, 2):
        simplex.narrow(arc, seed % 3, beside + arc)
    simplex.optimize()
    check(simplex, drawn.supply, seed)


@pytest.mark.parametrize("seed", range(100, 130))
def test_of_equally_cheap_flows_a_second_cost_decides(seed: int) -> None:
    """Few different costs, so that many flows are as cheap."""
    drawn = Drawn(seed)
    drawn.others.cost[:] = drawn.others.cost // 20
    simplex = drawn.simplex()
    simplex.optimize()
    first, second = (
        part_of(simplex.arcs, slice(None)),
        np.random.default_rng(seed).integers(0, 99, len(simplex.arcs.tail)),
    )
    simplex.settle_ties(second)
    flow = simplex.arcs.flow
    assert int((flow * first.cost).sum()) == least(first, drawn.supply), f"seed {seed}"
    ranked = cheapest(first, drawn.supply, second)
    assert int((flow * second).sum()) == round(pulp.value(ranked.objective)), f"seed {seed}"


@pytest.mark.parametrize("seed", range(130, 160))
def test_potentials_in_the_middle_prove_the_same_flow(seed: int) -> None:
    drawn = Drawn(seed)
    simplex = drawn.simplex()
    simplex.optimize()
    halfway = center_potentials(simplex.arcs, simplex.tree.potential, ROOT, most=10_000)
    assert proves(simplex.arcs, halfway, slack=1), f"seed {seed}"
    assert halfway[ROOT] == simplex.tree.potential[ROOT]
    tight = np.count_nonzero(losses(simplex.arcs, simplex.tree.potential) == 0)
    assert np.count_nonzero(losses(simplex.arcs, halfway) == 0) <= tight, f"seed {seed}"
