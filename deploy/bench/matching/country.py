"""A whole invented country in one round: the same people for the same seed.

Minors are short of mentors who may meet them, each association caps its round at nine tenths of
what its mentors could take, and a round that counts the score alone would leave out many young
people of the public that the floor protects.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from deploy.bench.matching.draws import Draws
from deploy.bench.matching.people import ASSOCIATIONS, mentees_of, mentors_of
from deploy.bench.matching.shares import PRIORITY
from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.policy import Floor, Policy
from services.matching.domain.round_input import RoundInput

AT = date(2026, 1, 15)
FLOOR = Floor(PRIORITY, Decimal("0.09"))
PAST_SHARE = 0.02
"""Former pairs for each young person; about a tenth of them would be permitted again."""


@dataclass(frozen=True)
class Size:
    """How many people, and the seed they come from."""

    mentees: int
    mentors: int
    seed: int


def national(size: Size) -> RoundInput:
    """The round of an invented country; about a tenth of all pairs is permitted."""
    luck = np.random.Generator(np.random.PCG64(size.seed))
    mentees = mentees_of(Draws(luck, size.mentees), AT)
    mentors = mentors_of(Draws(luck, size.mentors))
    return RoundInput(
        mentees,
        mentors,
        AT,
        _cap_associations(mentors),
        _past(luck, mentees, mentors),
        Policy(version="bench", floors=(FLOOR,)),
    )


def _cap_associations(mentors: Sequence[Mentor]) -> tuple[Association, ...]:
    """Every association, its round at ⌊9/10⌋ of the places its mentors have."""
    places: Counter[str] = Counter()
    for mentor in mentors:
        places[mentor.association or ""] += mentor.capacity
    return tuple(Association(name, places[name] * 9 // 10) for name in ASSOCIATIONS)


def _past(
    luck: np.random.Generator, mentees: Sequence[Mentee], mentors: Sequence[Mentor]
) -> frozenset[tuple[str, str]]:
    count = round(PAST_SHARE * len(mentees))
    row, column = (luck.random((2, count)) * [[len(mentees)], [len(mentors)]]).astype(int).tolist()
    return frozenset((mentees[i].id, mentors[j].id) for i, j in zip(row, column, strict=True))
