"""The solvers PuLP calls: HiGHS, or the CBC that PuLP ships where HiGHS cannot be had.

Both run on one thread with fixed settings, so that the same model gives the same optimum.
"""

from dataclasses import dataclass
from typing import Any

import pulp

EXACT = 1e-9
"""Tolerance of both solvers: far finer than the 1e-6 that a proof may leave open."""


@dataclass(frozen=True)
class Solver:
    """A solver and the sign its dual values carry in a maximisation.

    HiGHS is given the negated objective, so its duals are negated too; CBC's are as stated.
    """

    name: str
    dual_sign: float

    def relaxation_solver(self) -> Any:
        """A PuLP solver of the linear relaxation; gives an optimum at a vertex, and prices."""
        return self._build(mip=False)

    def whole(self) -> Any:
        """A PuLP solver of the integer program, by branch and bound, to the very end."""
        return self._build(mip=True)

    def _build(self, mip: bool) -> Any:
        if self.name == "CBC":
            shipped = pulp.PULP_CBC_CMD.pulp_cbc_path
            return pulp.COIN_CMD(
                path=shipped, msg=False, mip=mip, gapRel=0, gapAbs=EXACT, threads=1
            )
        return pulp.HiGHS(
            msg=False,
            mip=mip,
            gapRel=0,
            gapAbs=EXACT,
            parallel="off",
            random_seed=0,
            solver="choose" if mip else "ipm",
            primal_feasibility_tolerance=EXACT,
            dual_feasibility_tolerance=EXACT,
        )


HIGHS = Solver("HiGHS", dual_sign=-1.0)
CBC = Solver("CBC", dual_sign=1.0)


def best_solver() -> Solver:
    """HiGHS where highspy can be loaded, else CBC."""
    return HIGHS if pulp.HiGHS(msg=False).available() else CBC
