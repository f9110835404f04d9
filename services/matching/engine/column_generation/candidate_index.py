"""Mentors in buckets, one for each level and territory, the cheapest first.

A mentee looks only where the gates `level`, `place` and `capacity` are open anyway: on the
national bucket of the own level, and in the bucket of the own département. Those who do not meet
remotely look at their département alone. The other gates that bits can tell (need, slot,
language, safety) are packed into one word of 64 bits with a guard bit above each field:

    open  ⇔  (((a & b) + FIELDS) & GUARDS) == GUARDS

because adding a field's ones to what two people share carries into its guard bit exactly when
they share something.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.score import ENOUGH_SLOTS
from services.matching.domain.weights import Weights
from services.matching.engine.instance import Array, Instance, People
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, SLOTS

LANGUAGE_BITS = 25
"""Languages that have a bit of their own; all others share one, and are looked at again."""

_WIDTHS = (len(NEEDS), len(SLOTS), 2, LANGUAGE_BITS + 1)
_PLACES = tuple(sum(_WIDTHS[:field]) + field for field in range(len(_WIDTHS)))
FIELDS = np.uint64(sum(((1 << w) - 1) << p for w, p in zip(_WIDTHS, _PLACES, strict=True)))
NEEDS_AT, SLOTS_AT = np.uint64(_PLACES[0]), np.uint64(_PLACES[1])
NEEDS_MASK, SLOTS_MASK = np.uint64((1 << _WIDTHS[0]) - 1), np.uint64((1 << _WIDTHS[1]) - 1)
GUARDS = np.uint64(sum(1 << (w + p) for w, p in zip(_WIDTHS, _PLACES, strict=True)))

_MARGIN = 1e-9
"""Bounds are a little too wide, so that no rounding ever passes a good pair over."""

_MINORS, _ADULTS = 0b01, 0b10
"""The field `safety`: what a mentee is, and whom a mentor may meet."""
LEVEL_COUNT, DEPARTMENT_COUNT = len(LEVELS), len(DEPARTMENTS)
_NATIONAL, _LOCAL_REMOTE, _LOCAL_HOME = 0, 1, 2


class MenteeArrays(NamedTuple):
    """The mentees, one entry each; `level` is its number, `need_value` what one need that is met
    brings, `most_by_bits` the best that needs and slots can, `most_beside` all else together;
    `kept_from` and `kept` list the mentors that each must not meet."""

    bits: NDArray[np.uint64]
    needs: NDArray[np.int32]
    slots: NDArray[np.int32]
    sectors: NDArray[np.int32]
    languages: NDArray[np.uint64]
    level: NDArray[np.int32]
    department: NDArray[np.int32]
    region: NDArray[np.int32]
    commune: NDArray[np.int32]
    association: NDArray[np.int32]
    remote: NDArray[np.bool_]
    waiting: NDArray[np.float64]
    need_value: NDArray[np.float64]
    most_by_bits: NDArray[np.float64]
    most_beside: NDArray[np.float64]
    kept_from: NDArray[np.int64]
    kept: NDArray[np.int32]


class MentorArrays(NamedTuple):
    """The mentors, one entry each."""

    needs: NDArray[np.int32]
    slots: NDArray[np.int32]
    sectors: NDArray[np.int32]
    languages: NDArray[np.uint64]
    department: NDArray[np.int32]
    region: NDArray[np.int32]
    commune: NDArray[np.int32]
    association: NDArray[np.int32]


class PriceBuckets(NamedTuple):
    """Bucket s holds the entries from `start[s]` to `start[s + 1]`, cheapest first."""

    start: NDArray[np.int64]
    mentor: NDArray[np.int32]
    bits: NDArray[np.uint64]
    price: NDArray[np.float64]


class CandidateIndex:
    """Both sides of a pool, ready to be priced."""

    def __init__(self, pool: Instance) -> None:
        self.pool = pool
        usual = _usual_languages(pool)
        self.rare_languages = len(usual) < len(pool.languages)
        self.seekers = _mentee_arrays(pool, usual)
        self.volunteers = MentorArrays(**_plain(pool.mentor_side))
        self._bits = _pack(pool.mentor_side, _may_meet(pool.mentor_side), usual)
        self._bucket, self._mentor = _places(pool.mentor_side)

    def buckets(self, price: NDArray[np.float64]) -> PriceBuckets:
        """The buckets at these prices of the mentors, mentors of one price by their place."""
        order = np.lexsort((self._mentor, price[self._mentor], self._bucket))
        mentor = self._mentor[order]
        count = LEVEL_COUNT * (1 + 2 * DEPARTMENT_COUNT)
        start = np.searchsorted(self._bucket[order], np.arange(count + 1))
        return PriceBuckets(start.astype(np.int64), mentor, self._bits[mentor], price[mentor])


def _mentee_arrays(pool: Instance, usual: Array) -> MenteeArrays:
    side = pool.mentee_side
    safety = np.where(side.minor, _MINORS, _ADULTS)
    kept_from = np.searchsorted(
        pool.kept_apart, np.arange(len(pool.mentees) + 1) * len(pool.mentors)
    )
    return MenteeArrays(
        bits=_pack(side, safety, usual),
        level=np.bitwise_count(side.levels - np.uint32(1)).astype(np.int32),
        remote=side.remote,
        waiting=side.waiting,
        **_most(side, pool.terms.policy.weights),
        kept_from=kept_from.astype(np.int64),
        kept=(pool.kept_apart % max(1, len(pool.mentors))).astype(np.int32),
        **_plain(side),
    )


def _may_meet(mentors: People) -> Array:
    minors = np.where(mentors.cleared, _MINORS, 0)
    return np.asarray(minors | np.where(mentors.minors_only, 0, _ADULTS))


def _plain(side: People) -> dict[str, Array]:
    names = ("needs", "slots", "sectors", "department", "region", "commune", "association")
    return {name: getattr(side, name).astype(np.int32) for name in names} | {
        "languages": np.ascontiguousarray(side.languages)
    }


def _most(side: People, weights: Weights) -> dict[str, Array]:
    """More than any mentor could score with each mentee, in two parts."""
    needs, slots = np.bitwise_count(side.needs), np.bitwise_count(side.slots)
    beside = weights.proximity + weights.sectors * (side.sectors != 0)
    return {
        "need_value": weights.needs / np.maximum(needs, 1) + _MARGIN,
        "most_by_bits": weights.needs
        + weights.slots * np.minimum(slots, ENOUGH_SLOTS) / ENOUGH_SLOTS
        + _MARGIN * len(NEEDS),
        "most_beside": np.asarray(beside + weights.waiting * side.waiting + _MARGIN),
    }


def _usual_languages(pool: Instance) -> Array:
    """The places of the languages that most mentees speak, each given a bit of its own."""
    frequency = [
        int(((pool.mentee_side.languages[:, word] >> np.uint64(bit)) & np.uint64(1)).sum())
        for word, bit in (divmod(place, 64) for place in range(len(pool.languages)))
    ]
    return np.argsort(-np.array(frequency, dtype=np.int64), kind="stable")[:LANGUAGE_BITS]


def _pack(side: People, safety: Array, usual: Array) -> NDArray[np.uint64]:
    fields = (side.needs, side.slots, safety, _language_bits(side, usual))
    words = [
        field.astype(np.uint64) << np.uint64(place)
        for field, place in zip(fields, _PLACES, strict=True)
    ]
    return np.asarray(words[0] | words[1] | words[2] | words[3])


def _language_bits(side: People, usual: Array) -> NDArray[np.uint64]:
    """A bit for each usual language, and the last one for whoever speaks any other."""
    rest = side.languages.copy()
    bits = np.zeros(len(rest), dtype=np.uint64)
    for bit, place in enumerate(usual.tolist()):
        word, inside = divmod(place, 64)
        speaks = (rest[:, word] >> np.uint64(inside)) & np.uint64(1)
        bits |= speaks << np.uint64(bit)
        rest[:, word] &= ~(np.uint64(1) << np.uint64(inside))
    return np.asarray(bits | (rest.any(axis=1).astype(np.uint64) << np.uint64(LANGUAGE_BITS)))


def _places(side: People) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Every bucket that a mentor with a place stands in: (bucket, mentor) in two arrays."""
    buckets, mentors = [], []
    for level in range(LEVEL_COUNT):
        takes = (side.capacity >= 1) & ((side.levels >> np.uint32(level)) & np.uint32(1) == 1)
        remote, home = np.flatnonzero(takes & side.remote), np.flatnonzero(takes & ~side.remote)
        for part, who in ((_NATIONAL, remote), (_LOCAL_REMOTE, remote), (_LOCAL_HOME, home)):
            department = np.zeros(len(who), np.int64) if part == _NATIONAL else side.department[who]
            buckets.append(_number(part, level) + department.astype(np.int64))
            mentors.append(who.astype(np.int32))
    return np.concatenate(buckets), np.concatenate(mentors)


def _number(part: int, level: int) -> int:
    if part == _NATIONAL:
        return level
    return LEVEL_COUNT + ((part - 1) * LEVEL_COUNT + level) * DEPARTMENT_COUNT
