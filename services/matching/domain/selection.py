"""Selection: an establishment chooses among the mentors who fit, pupil by pupil, and nobody's
choice leaves another pupil without anybody who could have had somebody."""

from dataclasses import dataclass

from services.matching.domain.weights import Components

MOST_PUPILS = 200
"""Pupils of one selection: what a page can show and a lock can wait for."""


@dataclass(frozen=True)
class Offer:
    """A mentor a pupil may be given; `score` and `components` as a round would count them."""

    mentor_id: str
    score: float
    components: Components


@dataclass(frozen=True)
class Choices:
    """What a pupil may choose from, the best first. `fitting` counts all who pass the gates, the
    offered ones among them; none offered: no choice that serves the most pupils serves this one.
    """

    mentee_id: str
    offers: tuple[Offer, ...]
    fitting: int
