"""Seeded draws for thousands of people at once. Only `Generator.random` is asked for luck, so a
seed gives the same country under every release of numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Draws:
    """Luck, and how many people it falls on: every draw gives one entry a person."""

    luck: np.random.Generator
    people: int

    def chance(self, share: float | Floats) -> Bools:
        """True for about this share of people (or with each person's own chance)."""
        return np.asarray(self.luck.random(self.people) < share)

    def upto(self, least: int, most: int) -> Places:
        """A whole number from `least` to `most`, all alike."""
        return least + np.floor(self.luck.random(self.people) * (most - least + 1)).astype(np.int64)

    def one(self, weights: Sequence[float]) -> Places:
        """A place in `weights`, each as often as its weight says."""
        steps = np.cumsum(weights) / np.sum(weights)
        return np.searchsorted(steps[:-1], self.luck.random(self.people), side="right")

    def one_of(self, weights: Mapping[str, float]) -> list[str]:
        """A word, each as often as its weight says."""
        words = list(weights)
        return [words[place] for place in self.one(list(weights.values())).tolist()]

    def some_of(self, weights: Mapping[str, float], count: Places) -> list[frozenset[str]]:
        """`count` different words a person, likelier ones first: the smallest of the keys
        -ln(u) / weight (Efraimidis and Spirakis, 2006)."""
        shape = (self.people, len(weights))
        keys = -np.log1p(-self.luck.random(shape)) / np.array(list(weights.values()))
        rank = np.argsort(np.argsort(keys, axis=1), axis=1)
        return _sets(rank < count[:, np.newaxis], list(weights))

    def each_of(self, shares: Mapping[str, float | Floats]) -> list[frozenset[str]]:
        """Each word for about its share of people, independently."""
        chosen = np.stack([self.chance(share) for share in shares.values()], axis=1)
        return _sets(chosen, list(shares))


def _sets(chosen: Bools, words: Sequence[str]) -> list[frozenset[str]]:
    """Rows of a table as sets of its column names; equal rows share one set."""
    bits = chosen @ (1 << np.arange(len(words)))
    masks, places = np.unique(bits, return_inverse=True)
    sets = [
        frozenset(word for bit, word in enumerate(words) if mask >> bit & 1)
        for mask in masks.tolist()
    ]
    return [sets[place] for place in places.tolist()]
