"""What the prices of a round with a bonus say once the bonus is taken out of them.

While a pair counts B more than any score, a place is either saturated (its price is about B:
somebody waits for it) or free (nobody does). The saturated ones are a cover in the sense of D.
Kőnig (1931): no round can make more pairs than there are saturated places and mentees who may still
have a free one. With the number of pairs proved, all their prices can be lowered together, and the
price of a pair itself (μ) raised by as much: the bound stays what it is, and prices read as scores
again.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.duals import Duals
from services.matching.engine.instance import Instance, caps_of


@dataclass(frozen=True)
class VertexCover:
    """The saturated places: whole associations by number, and mentors beside them."""

    mentors: NDArray[np.bool_]
    associations: NDArray[np.bool_]

    def prices(self) -> Duals:
        """The cover as prices of the number of pairs: 1 for a saturated place."""
        return Duals(
            self.mentors.astype(np.float64), self.associations.astype(np.float64), np.zeros(0)
        )


def saturated_places(pool: Instance, prices: Duals, bonus: float) -> VertexCover:
    """The places that cost more than half the bonus: of whole associations, else of mentors."""
    whole = prices.associations > bonus / 2
    alone = prices.place_costs(pool) > bonus / 2
    return VertexCover(alone & ~np.append(whole, False)[pool.mentor_side.association], whole)


def places_in(pool: Instance, vertex_cover: VertexCover) -> int:
    """How many pairs the saturated places can hold at most."""
    caps = caps_of(pool)[vertex_cover.associations].sum()
    return int(pool.mentor_side.capacity[vertex_cover.mentors].sum() + caps)


def remove_cardinality_bonus(
    prices: Duals, vertex_cover: VertexCover, bonus: float, served_cheaply: NDArray[np.float64]
) -> Duals:
    """The same prices with as much of the bonus taken out as leaves none below 0.

    `served_cheaply`: what those gain who have a cheap place, the bonus included.
    """
    saturated = (
        prices.mentors[vertex_cover.mentors],
        prices.associations[vertex_cover.associations],
    )
    room = np.concatenate([*saturated, served_cheaply, [bonus]]).min()
    return replace(
        prices,
        mentors=prices.mentors - room * vertex_cover.mentors,
        associations=prices.associations - room * vertex_cover.associations,
        pairs=prices.pairs + room - bonus,
    )
