"""Who may meet whom, and how well they fit: the gates and the score of the domain, for many
pairs at once.

Every function takes two `Side`s whose arrays have been given shapes that broadcast: a block of
rows against all columns, or two lists of the same length. The sums run in the order of
`domain.score`, so that both give the same number to the last bit (a test holds them together).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.matching.domain import score as rule
from services.matching.domain.gates import SCORE_TOLERANCE
from services.matching.domain.score import Weights
from services.matching.engine.instance import NONE, Array, Instance, People


@dataclass(frozen=True)
class Pairs:
    """Permitted pairs: place of the mentee, place of the mentor, score."""

    mentee: NDArray[np.int32]
    mentor: NDArray[np.int32]
    score: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.score)


class Traits(Protocol):
    """What a score looks at, of people whose arrays broadcast."""

    @property
    def needs(self) -> Array: ...
    @property
    def slots(self) -> Array: ...
    @property
    def sectors(self) -> Array: ...
    @property
    def commune(self) -> Array: ...
    @property
    def department(self) -> Array: ...
    @property
    def region(self) -> Array: ...
    @property
    def waiting(self) -> Array: ...


SIDE_GATES: Mapping[str, Callable[[People, People], Array]] = MappingProxyType(
    {
        "need": lambda a, b: (a.needs & b.needs) != 0,
        "slot": lambda a, b: (a.slots & b.slots) != 0,
        "language": lambda a, b: ((a.languages & b.languages) != 0).any(axis=-1),
        "level": lambda a, b: (a.levels & b.levels) != 0,
        "place": lambda a, b: (a.remote & b.remote) | (a.department == b.department),
        "safety": lambda a, b: np.where(a.minor, b.cleared, ~b.minors_only),
        "association": lambda a, b: (
            (a.association == NONE) | (b.association == NONE) | (a.association == b.association)
        ),
        "capacity": lambda a, b: (b.capacity >= 1) | np.zeros_like(a.minor),
    }
)
"""The gates that two people decide by themselves; `avoid` and `min_score` need the pool."""


def not_forbidden(pool: Instance, rows: Array, columns: Array) -> Array:
    """The gate `avoid`: True where nothing keeps the two apart."""
    numbers = rows.astype(np.int64) * len(pool.mentors) + columns
    if not len(pool.kept_apart):
        return np.ones(numbers.shape, dtype=bool)
    places = np.searchsorted(pool.kept_apart, numbers)
    nearest = pool.kept_apart[np.minimum(places, len(pool.kept_apart) - 1)]
    return np.asarray(nearest != numbers)


def scores(a: Traits, b: Traits, weights: Weights, more_slots: int = 0) -> Array:
    """The score of each pair; `more_slots` supposes so many more shared slots."""
    shared = np.bitwise_count(a.slots & b.slots) + more_slots
    total = weights.needs * _share(a.needs, b.needs)
    total = total + weights.sectors * _share(a.sectors, b.sectors)
    total = total + weights.slots * (np.minimum(shared, rule.ENOUGH_SLOTS) / rule.ENOUGH_SLOTS)
    total = total + weights.proximity * _proximity(a, b)
    return np.asarray(total + weights.waiting * a.waiting)


def meets_min_score(score: Array, least: float) -> Array:
    """The gate `min_score`."""
    return score >= least - SCORE_TOLERANCE


def sort_pairs(pairs: Pairs) -> Pairs:
    """The same pairs, sorted by both places."""
    order = np.lexsort((pairs.mentor, pairs.mentee))
    return Pairs(pairs.mentee[order], pairs.mentor[order], pairs.score[order])


def concatenate(blocks: Sequence[Pairs]) -> Pairs:
    """Blocks one after the other."""
    return Pairs(
        np.concatenate([block.mentee for block in blocks] or [np.zeros(0, np.int32)]),
        np.concatenate([block.mentor for block in blocks] or [np.zeros(0, np.int32)]),
        np.concatenate([block.score for block in blocks] or [np.zeros(0)]),
    )


def _share(wanted: Array, held: Array) -> Array:
    count = np.bitwise_count(wanted)
    return np.asarray(np.bitwise_count(wanted & held) / np.maximum(count, 1))


def _proximity(a: Traits, b: Traits) -> Array:
    same_commune = (a.commune == b.commune) & (a.commune != NONE)
    near = np.where(a.region == b.region, rule.SAME_REGION, rule.ELSEWHERE)
    near = np.where(a.department == b.department, rule.SAME_DEPARTMENT, near)
    return np.where(same_commune, rule.SAME_COMMUNE, near)
