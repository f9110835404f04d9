"""A round over some offers as a linear program, for floors that no flow can hold.

Publics that cross (a young person of a QPV and of a REP, others of one alone) tie people together
who share no arc. PuLP states them; the relaxation gives the prices, branch and bound the pairs.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import Prices
from services.matching.engine.column_generation.objective import Aim, PlacePrices, Solved
from services.matching.engine.eligibility import Pairs, together
from services.matching.engine.instance import Pool
from services.matching.engine.mip import Optimum, RoundModel
from services.matching.engine.mip_solver import best_solver


class ModelledPlacement:
    """Places the mentees of a pool for one aim, whatever its floors. See `Placement`."""

    def __init__(self, pool: Pool, aim: Aim) -> None:
        self._pool, self._aim = pool, aim

    def begin(self, offers: Pairs) -> Solved:
        """The prices of the relaxation over the offers; its pairs are not whole yet."""
        self._offers = offers
        found = self._model(offers).relaxed(self._aim.of(offers))
        return self._read(offers, found)

    def more(self, offers: Pairs) -> Solved:
        """The same once these offers have come in too."""
        return self.begin(together([self._offers, offers]))

    def finish(self, offers: Pairs) -> Solved:
        """Whole pairs, and the prices of the relaxation."""
        found = self._model(offers).maximise(self._aim.of(offers))
        return self._read(offers, found)

    def _model(self, offers: Pairs) -> RoundModel:
        model = RoundModel(self._pool, offers, best_solver())
        for floor in self._aim.floors:
            model.hold_floor(floor.public, floor.least)
        return model

    def _read(self, offers: Pairs, found: Optimum) -> Solved:
        made = np.zeros(len(offers), dtype=bool)
        made[found.chosen] = True
        return Solved(made, self._by_place(found.prices))

    def _by_place(self, prices: Prices) -> PlacePrices:
        return PlacePrices(
            mentors=_listed(prices.mentors, [mentor.id for mentor in self._pool.mentors]),
            associations=_listed(prices.associations, self._pool.associations),
            floors=_listed(prices.floors, [floor.public for floor in self._aim.floors]),
        )


def _listed(prices: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([prices.get(name, 0.0) for name in names], dtype=np.float64)
