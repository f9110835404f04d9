"""Pairs as arrays: one entry a pair in each, people by their place in the instance.

A column of the column generation is such a pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pairs:
    """Permitted pairs: place of the mentee, place of the mentor, score."""

    mentee: NDArray[np.int32]
    mentor: NDArray[np.int32]
    score: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.score)


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


def take(columns: Pairs, places: NDArray[np.int64] | NDArray[np.bool_]) -> Pairs:
    """The columns at these places (or marked)."""
    return Pairs(columns.mentee[places], columns.mentor[places], columns.score[places])


def best_of_each(columns: Pairs, gain: NDArray[np.float64], each: int) -> Pairs:
    """Of each mentee the `each` columns of largest `gain`, in the order they had."""
    order = np.lexsort((-gain, columns.mentee))
    mentee = columns.mentee[order]
    rank = np.arange(len(order)) - np.searchsorted(mentee, mentee)
    return take(columns, np.sort(order[rank < each]))


def pair_numbers(pairs: Pairs, mentors: int) -> NDArray[np.int64]:
    """i × `mentors` + j: one number for each pair, in the order of both places."""
    return pairs.mentee.astype(np.int64) * mentors + pairs.mentor


def merge(parts: Sequence[Pairs], mentors: int) -> Pairs:
    """All pairs of the parts, each once, sorted by both places."""
    everything = concatenate(parts)
    _, first = np.unique(pair_numbers(everything, mentors), return_index=True)
    return take(everything, first)


def membership(pairs: Pairs, some: Pairs, mentors: int) -> NDArray[np.bool_]:
    """Which of the pairs (sorted by both places) are among `some`, all of which they hold."""
    marks = np.zeros(len(pairs), dtype=bool)
    marks[np.searchsorted(pair_numbers(pairs, mentors), pair_numbers(some, mentors))] = True
    return marks
