"""What the prices of a round with a bonus say once the bonus is taken out of them.

While a pair counts B more than any score, a place is either dear (about B: somebody waits for it)
or cheap (nobody does). The dear ones are a cover in the sense of D. Kőnig (1931): no round can make
more pairs than there are dear places and mentees who may still have a cheap one. With the number
of pairs proved, all dear prices can be lowered together, and the price of a pair itself (μ)
raised by as much: the bound stays what it is, and prices read as scores again.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.column_generation.objective import PlacePrices, caps_of
from services.matching.engine.instance import Pool


@dataclass(frozen=True)
class Cover:
    """The dear places: whole associations by number, and mentors beside them."""

    mentors: NDArray[np.bool_]
    associations: NDArray[np.bool_]

    def prices(self) -> PlacePrices:
        """The cover as prices of the number of pairs: 1 for a dear place."""
        return PlacePrices(
            self.mentors.astype(np.float64), self.associations.astype(np.float64), np.zeros(0)
        )


def dear_places(pool: Pool, prices: PlacePrices, bonus: float) -> Cover:
    """The places that cost more than half the bonus: of whole associations, else of mentors."""
    whole = prices.associations > bonus / 2
    alone = prices.of_mentors(pool) > bonus / 2
    return Cover(alone & ~np.append(whole, False)[pool.mentor_side.association], whole)


def places_in(pool: Pool, cover: Cover) -> int:
    """How many pairs the dear places can hold at most."""
    caps = caps_of(pool)[cover.associations].sum()
    return int(pool.mentor_side.capacity[cover.mentors].sum() + caps)


def without_bonus(
    prices: PlacePrices, cover: Cover, bonus: float, served_cheaply: NDArray[np.float64]
) -> PlacePrices:
    """The same prices with as much of the bonus taken out as leaves none below 0.

    `served_cheaply`: what those gain who have a cheap place, the bonus included.
    """
    dear = (prices.mentors[cover.mentors], prices.associations[cover.associations])
    room = np.concatenate([*dear, served_cheaply, [bonus]]).min()
    return replace(
        prices,
        mentors=prices.mentors - room * cover.mentors,
        associations=prices.associations - room * cover.associations,
        pairs=prices.pairs + room - bonus,
    )
