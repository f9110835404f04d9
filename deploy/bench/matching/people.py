"""The invented people of the benchmark, drawn column by column and put together at the end."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from deploy.bench.matching.draws import Bools, Draws
from deploy.bench.matching.shares import (
    INHABITANTS,
    LEVELS,
    NEED,
    OTHER_LANGUAGE,
    PRIORITY,
    PUBLIC,
    SCHOOL,
    SECTOR,
    SLOT,
)
from services.matching.domain.people import FRENCH, Mentee, Mentor

ASSOCIATIONS = tuple(f"association-{number:02d}" for number in range(1, 34))
_SIZES = [1 / (rank + 3) for rank in range(len(ASSOCIATIONS))]
"""A few associations are large, most are small."""

WAITED = 40
"""Days within which everybody registered."""


def mentees_of(draws: Draws, at: date) -> tuple[Mentee, ...]:
    """Young people who wait on the day `at`; about seven in ten are minors."""
    level = draws.one_of(LEVELS)
    minor = draws.chance(np.array([0.92 if word in SCHOOL else 0.1 for word in level]))
    priority = draws.chance(np.where(minor, 0.12, 0.05))
    department = draws.one_of(INHABITANTS)
    columns = zip(
        draws.some_of(NEED, np.where(priority, 3, draws.upto(1, 3))),
        draws.some_of(SLOT, draws.upto(2, 5)),
        level,
        department,
        _since(draws, priority, at),
        _draw_birth_dates(draws, minor, at),
        _languages(draws, 0.97),
        draws.some_of(SECTOR, np.where(priority, 0, draws.upto(0, 3))),
        _communes(draws, department),
        draws.chance(0.85).tolist(),
        draws.each_of({**PUBLIC, PRIORITY: np.where(priority, 1.0, 0.0)}),
        _association(draws, 0.08),
        strict=True,
    )
    return tuple(Mentee(f"j{number:06d}", *row) for number, row in enumerate(columns))


def mentors_of(draws: Draws) -> tuple[Mentor, ...]:
    """Volunteers; two in five come by an association, which clears nearly all of its own."""
    association = _association(draws, 0.4)
    department = draws.one_of(INHABITANTS)
    vetted = np.array([0.95 if name else 0.15 for name in association])
    columns = zip(
        draws.some_of(NEED, draws.upto(2, 5)),
        draws.some_of(SLOT, draws.upto(2, 6)),
        draws.some_of(LEVELS, draws.upto(2, 6)),
        department,
        _languages(draws, 0.99),
        draws.some_of(SECTOR, draws.upto(1, 3)),
        _communes(draws, department),
        draws.chance(0.85).tolist(),
        (1 + draws.one((0.72, 0.21, 0.07))).tolist(),
        association,
        [None] * draws.people,
        draws.chance(vetted).tolist(),
        strict=True,
    )
    return tuple(Mentor(f"m{number:06d}", *row) for number, row in enumerate(columns))


def _since(draws: Draws, priority: Bools, at: date) -> list[date]:
    """Young people of the priority public came last: the score alone would let them wait."""
    days = np.where(priority, draws.upto(0, 5), draws.upto(0, WAITED))
    return [at - timedelta(days=waited) for waited in days.tolist()]


def _draw_birth_dates(draws: Draws, minor: Bools, at: date) -> list[date | None]:
    """Minors are 11 to 17; of the others half give a date, 18 to 25 years ago."""
    years = np.where(minor, draws.upto(11, 16), draws.upto(18, 24))
    text = minor | draws.chance(0.5)
    days = years * 365.25 + 6 + draws.upto(0, 350)
    born = (at - timedelta(days=age) for age in days.astype(np.int64).tolist())
    return [day if known else None for day, known in zip(born, text.tolist(), strict=True)]


def _languages(draws: Draws, speaking_french: float) -> list[frozenset[str]]:
    """Mostly French; three in ten speak another language as well, or instead."""
    french = draws.chance(speaking_french)
    other = draws.chance(0.3) | ~french
    others = draws.some_of(OTHER_LANGUAGE, other.astype(np.int64))
    spoken = zip(others, french.tolist(), strict=True)
    return [words | FRENCH if speaks else words for words, speaks in spoken]


def _communes(draws: Draws, departments: Sequence[str]) -> list[str | None]:
    """A commune in the département, the first ones the largest; one in ten names none."""
    rank = 1 + np.floor(30 * draws.luck.random(draws.people) ** 3).astype(np.int64)
    named = zip(departments, rank.tolist(), draws.chance(0.9).tolist(), strict=True)
    return [f"{code}{number:0{5 - len(code)}d}" if text else None for code, number, text in named]


def _association(draws: Draws, share: float) -> list[str | None]:
    """An association for about this share of people, none for the others."""
    drawn = zip(draws.one(_SIZES).tolist(), draws.chance(share).tolist(), strict=True)
    return [ASSOCIATIONS[place] if has else None for place, has in drawn]
