"""Why mentees are left out, counted over all mentors: which gate stops most, and which one change
(a slot, a language, meeting remotely) would permit most mentors who are not permitted now."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.explanation import Blocking, Opening, blocking_for
from services.matching.domain.gates import GATES
from services.matching.engine.eligibility import SIDE_GATES, meets_min_score, not_forbidden, scores
from services.matching.engine.instance import WORD, Array, Instance
from shared.contracts.vocabulary import SLOTS

BLOCK_CELLS = 1_000_000
"""Pairs judged at once: some tens of megabytes."""


def waiting_reasons(
    pool: Instance, mentees: NDArray[np.int32], cells: int = BLOCK_CELLS
) -> Iterator[Blocking]:
    """What keeps each of these mentees (places in the pool) waiting, in the same order."""
    rows_at_once = max(1, cells // max(1, len(pool.mentors)))
    changes = _Changes(pool)
    for start in range(0, len(mentees), rows_at_once):
        judged = _Judged(pool, mentees[start : start + rows_at_once])
        yield from _blockings(judged, changes.openings(judged), len(pool.mentors))


class _Judged:
    """A block of mentees against all mentors: what each gate says of each pair."""

    def __init__(self, pool: Instance, rows: NDArray[np.int32]) -> None:
        self.pool, self.rows = pool, rows
        self.people = pool.mentee_side.take(rows[:, np.newaxis])
        self.lets = {gate: rule(self.people, pool.mentor_side) for gate, rule in SIDE_GATES.items()}
        self.lets["avoid"] = not_forbidden(pool, rows[:, np.newaxis], np.arange(len(pool.mentors)))
        self.lets["min_score"] = self.reaching(more_slots=0)
        self.permitted = self.all_but()

    def all_but(self, *left_out: str) -> NDArray[np.bool_]:
        """Do all gates open, those left out apart?"""
        open_ = np.ones((len(self.rows), len(self.pool.mentors)), dtype=bool)
        for gate, lets in self.lets.items():
            if gate not in left_out:
                open_ &= lets
        return open_

    def reaching(self, more_slots: int) -> NDArray[np.bool_]:
        """Does the score reach the least, supposing so many more shared slots?"""
        policy = self.pool.terms.policy
        if policy.min_score <= 0:
            return np.ones((len(self.rows), len(self.pool.mentors)), dtype=bool)
        score = scores(self.people, self.pool.mentor_side, policy.weights, more_slots)
        return np.asarray(meets_min_score(score, policy.min_score))


class _Changes:
    """Every change a mentee can make, and what the mentors of a pool have to meet it."""

    def __init__(self, pool: Instance) -> None:
        self._pool, mentors = pool, pool.mentor_side
        self.names = [f"slot:{slot}" for slot in SLOTS]
        self.names += [f"language:{language}" for language in pool.languages]
        self.names.append("remote")
        self._slots = _columns(mentors.slots, len(SLOTS))
        words = [mentors.languages[:, word] for word in range(mentors.languages.shape[1])]
        spoken = np.hstack([_columns(word, WORD) for word in words])
        self._languages = spoken[:, : len(pool.languages)]
        self._remote = mentors.remote.astype(np.float32)[:, np.newaxis]

    def openings(self, judged: _Judged) -> list[Opening | None]:
        """For each mentee the change that opens most mentors; the first of several."""
        opened = np.hstack(
            [
                self._by_slot(judged),
                _count_each(_only(judged, "language"), self._languages),
                _count_each(_only(judged, "place"), self._remote),
            ]
        )
        best = opened.argmax(axis=1)
        counts = opened[np.arange(len(best)), best].astype(int)
        named = zip(best.tolist(), counts.tolist(), strict=True)
        return [Opening(self.names[place], count) if count else None for place, count in named]

    def _by_slot(self, judged: _Judged) -> Array:
        """One more shared slot also lifts the score, and so may open `min_score` too."""
        opened = judged.all_but("slot", "min_score") & judged.reaching(more_slots=1)
        opened &= ~judged.permitted
        own_slots = _columns(self._pool.mentee_side.slots[judged.rows], len(SLOTS))
        return np.asarray(_count_each(opened.astype(np.float32), self._slots) * (1 - own_slots))


def _only(judged: _Judged, gate: str) -> Array:
    """1 for each pair that this gate alone stops."""
    return (judged.all_but(gate) & ~judged.lets[gate]).astype(np.float32)


def _count_each(opened: Array, having: Array) -> Array:
    """How many mentors that would be opened have each thing: sums of 0 and 1.

    Vector units may raise a flag of what they read beside a small matrix and throw away; no sum
    of 0 and 1 is invalid, so the flag says nothing here.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(opened @ having)


def _columns(masks: Array, bits: int) -> Array:
    """Bit masks as columns of 0 and 1, shape (people, bits)."""
    places = np.arange(bits, dtype=masks.dtype)
    one = masks.dtype.type(1)
    return np.asarray((masks[:, np.newaxis] >> places) & one).astype(np.float32)


def _blockings(
    judged: _Judged, openings: Sequence[Opening | None], mentors: int
) -> Iterator[Blocking]:
    permitted = judged.permitted.sum(axis=1).tolist()
    stops = [(~judged.lets[gate]).sum(axis=1).tolist() for gate in GATES]
    for place, opening in enumerate(openings):
        stopped = {gate: counts[place] for gate, counts in zip(GATES, stops, strict=True)}
        yield blocking_for(permitted[place], stopped, mentors, opening)
