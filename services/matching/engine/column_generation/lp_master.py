"""A round over some columns as a linear program, for floors that no flow can hold.

Publics that cross (a young person of a QPV and of a REP, others of one alone) tie people together
who share no arc. PuLP states them; the relaxation gives the prices, branch and bound the pairs.
"""

import numpy as np

from services.matching.engine.duals import duals_by_place
from services.matching.engine.instance import Instance
from services.matching.engine.mip import Optimum, RoundModel
from services.matching.engine.mip_solver import best_solver
from services.matching.engine.objective import Objective, Solved
from services.matching.engine.pairs import Pairs, concatenate


class LpMaster:
    """Places the mentees of a pool for one aim, whatever its floors. See `FlowMaster`."""

    def __init__(self, pool: Instance, objective: Objective) -> None:
        self._pool, self._objective = pool, objective

    def begin(self, columns: Pairs) -> Solved:
        """The prices of the relaxation over the columns; its pairs may be fractional."""
        self._columns = columns
        optimum = self._model(columns).solve_relaxation(self._objective.of(columns))
        return self._read(columns, optimum)

    def add_columns(self, columns: Pairs) -> Solved:
        """The same with these columns added."""
        return self.begin(concatenate([self._columns, columns]))

    def solve(self, columns: Pairs) -> Solved:
        """Whole pairs, and the prices of the relaxation."""
        optimum = self._model(columns).maximise(self._objective.of(columns))
        return self._read(columns, optimum)

    def _model(self, columns: Pairs) -> RoundModel:
        model = RoundModel(self._pool, columns, best_solver())
        for floor in self._objective.floors:
            model.hold_floor(floor.public, floor.least)
        return model

    def _read(self, columns: Pairs, optimum: Optimum) -> Solved:
        made = np.zeros(len(columns), dtype=bool)
        made[optimum.chosen] = True
        return Solved(made, duals_by_place(self._pool, optimum.prices, self._objective.floors))
