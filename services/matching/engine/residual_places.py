"""The places that a round left open, and the best of them for somebody who comes afterwards.

After a round of most pairs, nobody who waits may take a place that is still open (of a mentor with
room, whose association has room under its cap), not even by moving others round: one more pair
could have been made. So a newcomer who gets one costs nobody a pair, nor a floor anybody it serves.
What the place costs the score, the round's prices say: v_j for the mentor, a_k for the association,
as `domain.certificate` has them. The newcomer's best place is the one with the most

    score_ij - v_j - a_k(j)

over the mentors permitted for i, of equals the first by id. Where a proof is closed by its prices
alone, those of an open place are 0 (complementary slackness), and it is the best score that counts;
they tell places apart where branch and bound had to close it. The next round prices anew.

Gates and score are those of `pairing`, and so of the domain, to the last bit.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificate import NamedDuals
from services.matching.domain.people import Mentee
from services.matching.domain.round_input import RoundInput
from services.matching.domain.round_result import Pair
from services.matching.domain.score import components_of, score_of
from services.matching.engine.duals import duals_by_place
from services.matching.engine.eligibility import SIDE_GATES, meets_min_score, scores
from services.matching.engine.instance import NONE, WORD, Array, Instance, People, pool_of

UNKNOWN = NONE - 1
"""Stands for a commune or an association that no mentor of the pool has."""

_FIRST = ("level", "need", "slot", "safety", "place")
"""The gates that close most for least; the others look only at whom these let through."""

_THEN = tuple(gate for gate in SIDE_GATES if gate not in (*_FIRST, "capacity"))


class ResidualPlaces:
    """What is left after a round: `given` names its mentors with the places each still has, the
    most further pairs of its associations (as caps), the pairs made before and the policy; who
    waits in it does not matter. `prices` are those of the stage that counts the score.

    Packed once; a place is then found in one pass over the columns of the pool.
    """

    def __init__(self, given: RoundInput, prices: NamedDuals) -> None:
        self._pool = pool_of(replace(given, mentees=()))
        self._names = _Names(self._pool)
        self._price = duals_by_place(self._pool, prices).place_costs(self._pool)
        self._place = {mentor.id: place for place, mentor in enumerate(self._pool.mentors)}
        self._left = self._pool.mentor_side.capacity.copy()
        self._room = np.full(len(self._pool.associations) + 1, np.iinfo(np.int64).max)
        self.limit(given.caps)
        self._met = _forbidden(given)

    def best_place(self, mentee: Mentee, at: date, met: Collection[str] = ()) -> Pair | None:
        """The best open place for a newcomer on the day `at`, or none that is permitted; nothing
        is taken yet. `met`: mentors they were put together with before."""
        who = self._names.pack(mentee, at)
        places, there = self._eligible_places(
            who, {*mentee.avoid, *met, *self._met.get(mentee.id, ())}
        )
        policy = self._pool.terms.policy
        score = scores(who, there, policy.weights)
        enough = meets_min_score(score, policy.min_score)
        places, score = places[enough], score[enough]
        if not len(places):
            return None
        mentor = self._pool.mentors[places[np.argmax(score - self._price[places])]]
        components = components_of(mentee, mentor, at)
        return Pair(mentee.id, mentor.id, score_of(components, policy.weights), components)

    def take(self, mentor_id: str) -> None:
        """A place of this mentor is given, and one of the association's."""
        self._move(mentor_id, -1)

    def give_back(self, mentor_id: str) -> None:
        """A place that was taken is open after all."""
        self._move(mentor_id, +1)

    def close(self, mentor_id: str) -> None:
        """Nothing of this mentor is open any more."""
        self._left[self._place[mentor_id]] = 0

    def limit(self, room: Mapping[str, int]) -> None:
        """So many further pairs may these associations make; of others nothing changes."""
        for name, most in room.items():
            number = self._names.association.get(name)
            if number is not None:
                self._room[number] = most

    def _move(self, mentor_id: str, step: int) -> None:
        place = self._place[mentor_id]
        self._left[place] += step
        association = self._pool.mentor_side.association[place]
        if association != NONE:
            self._room[association] += step

    def _eligible_places(
        self, who: People, avoided: Collection[str]
    ) -> tuple[NDArray[np.int64], People]:
        """The open places that every gate but `min_score` lets through, in order of id, and who
        is there."""
        side = self._pool.mentor_side
        # The last entry of `_room` is for those without an association: NONE is -1.
        open_ = (self._left >= 1) & (self._room[side.association] >= 1)
        for gate in _FIRST:
            open_ &= SIDE_GATES[gate](who, side)
        open_[[self._place[mentor] for mentor in avoided if mentor in self._place]] = False
        places = np.flatnonzero(open_)
        there = side.take(places)
        rows = np.flatnonzero(np.logical_and.reduce([SIDE_GATES[g](who, there) for g in _THEN]))
        return places[rows], there.take(rows)


class _Names:
    """The numbers and bits that a pool's own names stand for, read off its columns."""

    def __init__(self, pool: Instance) -> None:
        side, mentors = pool.mentor_side, pool.mentors
        self._commune = _numbers([m.commune for m in mentors], side.commune)
        self.association = _numbers([m.association for m in mentors], side.association)
        self._language = {word: divmod(n, WORD) for n, word in enumerate(pool.languages)}
        self._words = side.languages.shape[1]

    def pack(self, mentee: Mentee, at: date) -> People:
        """One mentee as a side of one; what no mentor of the pool knows meets nobody."""
        alone = pool_of(RoundInput((mentee,), (), at)).mentee_side
        commune = _number(mentee.commune, self._commune)
        association = _number(mentee.association, self.association)
        return replace(
            alone, commune=commune, association=association, languages=self._language_masks(mentee)
        )

    def _language_masks(self, mentee: Mentee) -> Array:
        masks = np.zeros((1, self._words), dtype=np.uint64)
        for word, bit in (self._language[one] for one in mentee.languages & self._language.keys()):
            masks[0, word] |= np.uint64(1 << bit)
        return masks


def _numbers(names: list[str | None], column: Array) -> dict[str, int]:
    known = zip(names, column.tolist(), strict=True)
    return {name: number for name, number in known if name is not None}


def _number(name: str | None, numbers: Mapping[str, int]) -> Array:
    return np.array([NONE if name is None else numbers.get(name, UNKNOWN)], dtype=np.int32)


def _forbidden(given: RoundInput) -> dict[str, set[str]]:
    """Mentee id → mentors kept from them, by a mentor's own wish or a pair made before."""
    met: dict[str, set[str]] = {}
    for mentee, mentor in given.past:
        met.setdefault(mentee, set()).add(mentor)
    for one in given.mentors:
        for mentee in one.avoid:
            met.setdefault(mentee, set()).add(one.id)
    return met
