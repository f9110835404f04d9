"""Column generation: columns are added until no pair of the pool improves the round.

P. C. Gilmore and R. E. Gomory, "A linear programming approach to the cutting-stock problem",
Operations Research 9 (1961): solve the restricted master over the columns at hand, price *all*
pairs at its dual prices, add those with a surplus, and again. When none has one, the prices prove
the optimum over all pairs, though hardly any was ever a column.
"""

from dataclasses import dataclass
from math import fsum
from typing import Protocol

from services.matching.domain.round_input import RoundUnsolved
from services.matching.engine.column_generation.column_pool import ColumnPool
from services.matching.engine.instance import Instance
from services.matching.engine.objective import Objective, Solved, build_query
from services.matching.engine.pairs import Pairs, concatenate, take

COLUMNS_PER_TURN = 20
"""Columns added at a time for each mentee who could gain."""

MOST_TURNS = 400


class Master(Protocol):
    """The restricted master: the best round over the columns at hand, for one objective."""

    def begin(self, columns: Pairs) -> Solved:
        """The optimum over some columns."""
        ...

    def add_columns(self, columns: Pairs) -> Solved:
        """The optimum once these columns have come in too."""
        ...

    def solve(self, columns: Pairs) -> Solved:
        """Whole pairs over all columns, and the prices that prove them."""
        ...


@dataclass(frozen=True)
class GenerationResult:
    """The optimum of an objective over all pairs, the columns that it took, and their master."""

    objective: Objective
    columns: Pairs
    solved: Solved
    master: Master

    @property
    def pairs(self) -> Pairs:
        """The pairs that are made."""
        return take(self.columns, self.solved.made)

    def duality_gap(self, instance: Instance) -> float:
        """What the prices leave open: the bound over all pairs less the value of those made, ≥ 0.

        The number of pairs is free here: no price is set on it.
        """
        prices, floors = self.solved.prices, self.objective.floors
        surplus = build_query(instance, self.objective, prices).best_surplus(self.columns)
        bound = prices.compute_bound(instance, floors, 0, surplus)
        return max(bound - fsum(self.objective.of(self.pairs).tolist()), 0.0)


def generate(
    column_pool: ColumnPool, objective: Objective, columns: Pairs, master: Master
) -> GenerationResult:
    """The optimum of an objective, from some columns. Raises RoundUnsolved without an end."""
    return generate_from(column_pool, objective, columns, master, master.begin(columns))


def generate_from(
    column_pool: ColumnPool, objective: Objective, columns: Pairs, master: Master, solved: Solved
) -> GenerationResult:
    """The same from what the master has found over these columns."""
    for _turn in range(MOST_TURNS):
        query = build_query(column_pool.index.pool, objective, solved.prices)
        more = column_pool.improving_columns(query, columns, COLUMNS_PER_TURN)
        if not len(more):
            return GenerationResult(objective, columns, master.solve(columns), master)
        columns, solved = concatenate([columns, more]), master.add_columns(more)
    raise RoundUnsolved("les prix ne se stabilisent pas.")
