"""Why a mentee is left out, counted over all mentors: which gate stops most, and which one change
(a slot, a language, meeting remotely) would permit most mentors who are not permitted now."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.explanation import Blocking, Opening, blocking_for
from services.matching.engine.pairing import SIDE_GATES, met, reaching, scores
from services.matching.engine.pool import WORD, Array, Pool, Side
from shared.contracts.vocabulary import SLOTS

Open = Mapping[str, NDArray[np.bool_]]
"""Gate → for each mentor: does it let this mentee's pair through?"""


def blocking_of(pool: Pool, mentee: int) -> Blocking:
    """The reasons of the mentee at this place of the pool."""
    row = np.array([mentee], dtype=np.int32)
    person = pool.mentee_side.at(row)
    lets = _gates(pool, row, person)
    stopped = {gate: int((~open_).sum()) for gate, open_ in lets.items()}
    opens_most = max(_openings(pool, mentee, person, lets), key=_mentors, default=None)
    return blocking_for(
        int(_all_but(lets).sum()),
        stopped,
        len(pool.mentors),
        opens_most if opens_most and opens_most.mentors else None,
    )


def _mentors(opening: Opening) -> int:
    return opening.mentors


def _gates(pool: Pool, row: NDArray[np.int32], person: Side) -> Open:
    policy, mentors = pool.terms.policy, pool.mentor_side
    lets = {gate: rule(person, mentors) for gate, rule in SIDE_GATES.items()}
    lets["avoid"] = met(pool, row, np.arange(len(pool.mentors)))
    lets["min_score"] = reaching(scores(person, mentors, policy.weights), policy.min_score)
    return lets


def _all_but(lets: Open, *left_out: str) -> NDArray[np.bool_]:
    """For each mentor: do all gates open, those left out apart?"""
    open_ = [judged for gate, judged in lets.items() if gate not in left_out]
    return np.asarray(np.logical_and.reduce(open_))


def _openings(pool: Pool, mentee: int, person: Side, lets: Open) -> Iterator[Opening]:
    yield from _slot_openings(pool, mentee, person, lets)
    yield from _language_openings(pool, lets)
    if not pool.mentees[mentee].remote:
        opened = _all_but(lets, "place") & ~lets["place"] & pool.mentor_side.remote
        yield Opening("remote", int(opened.sum()))


def _slot_openings(pool: Pool, mentee: int, person: Side, lets: Open) -> Iterator[Opening]:
    """One more shared slot also lifts the score, and so may open `min_score` too."""
    policy, mentors = pool.terms.policy, pool.mentor_side
    lifted = scores(person, mentors, policy.weights, more_slots=1)
    opened = _all_but(lets, "slot", "min_score") & reaching(lifted, policy.min_score)
    opened &= ~_all_but(lets)
    held = mentors.slots[opened]
    for place, slot in enumerate(SLOTS):
        if slot not in pool.mentees[mentee].slots:
            yield Opening(f"slot:{slot}", _having(held, place))


def _language_openings(pool: Pool, lets: Open) -> Iterator[Opening]:
    opened = _all_but(lets, "language") & ~lets["language"]
    held = pool.mentor_side.languages[opened]
    for number, language in enumerate(pool.languages):
        word, place = divmod(number, WORD)
        yield Opening(f"language:{language}", _having(held[:, word], place))


def _having(masks: Array, place: int) -> int:
    return int(((masks >> masks.dtype.type(place)) & masks.dtype.type(1)).sum())
