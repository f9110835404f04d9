"""Invented people, and whole invented rounds drawn from a seed, for the tests of matching."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.policy import Floor, MinorMentors, Policy
from services.matching.domain.round_input import RoundInput

AT = date(2026, 1, 15)

MENTEE = Mentee(
    id="j1",
    needs=frozenset({"job", "interview"}),
    slots=frozenset({"mon_am", "wed_pm"}),
    level="lycee",
    department="69",
    since=AT - timedelta(days=12),
    sectors=frozenset({"digital", "health"}),
    commune="69123",
)
MENTOR = Mentor(
    id="m1",
    offers=frozenset({"job", "network"}),
    slots=frozenset({"wed_pm", "fri_eve"}),
    levels=frozenset({"lycee", "bac1_2"}),
    department="69",
    sectors=frozenset({"digital"}),
    commune="69123",
    cleared=True,
)

_NEEDS = ("job", "interview", "schoolwork", "orientation")
_SLOTS = ("mon_am", "mon_pm", "wed_pm", "sat_am")
_LEVELS = ("college", "lycee")
_DEPARTMENTS = ("69", "01", "75")
_SECTORS = ("digital", "health", "law")
_PUBLICS = ("qpv", "rep", "ase", "rural")
_LAST_DAYS = (None, None, AT, AT - timedelta(days=1), AT + timedelta(days=300))
_MENTORS_BORN = (None, None, None, date(1980, 6, 1), date(2009, 12, 31), date(2008, 1, 15))
_MINOR_MENTORS: tuple[MinorMentors, ...] = ("minors_only", "minors_only", "supervised")
_LANGUAGES = ("fr", "fr", "fr", "fr", "en", "ar")


def a_round(mentees: Sequence[Mentee], mentors: Sequence[Mentor], **terms: Any) -> RoundInput:
    """A round of these people on the day AT."""
    return replace(RoundInput(tuple(mentees), tuple(mentors), AT), **terms)


class Draw:
    """A seeded round: small vocabularies, so that gates, caps and floors all get in the way.

    `ages` draws clearances with a last day and mentors under 18; rounds that were searched for by
    their seed are drawn without.
    """

    def __init__(self, seed: int, *, ages: bool = True) -> None:
        self._random = random.Random(seed)
        self._later = random.Random(f"ages and clearances {seed}") if ages else None

    def round(self, most_mentees: int, most_mentors: int) -> RoundInput:
        """Up to so many people; sometimes none on a side."""
        mentees = [self.mentee(f"j{n}") for n in range(self._between(most_mentees))]
        mentors = [self.mentor(f"m{n}") for n in range(self._between(most_mentors))]
        some = self._random.sample
        past = {(f"j{self._random.randrange(9)}", f"m{self._random.randrange(9)}") for _ in "ab"}
        return RoundInput(
            tuple(some(mentees, len(mentees))),
            tuple(some(mentors, len(mentors))),
            AT,
            tuple(Association(f"a{n}", self._random.choice((None, 0, 1, 2, 3))) for n in range(3)),
            frozenset(past),
            self.policy(),
        )

    def mentee(self, name: str) -> Mentee:
        """A young person, a minor half of the time."""
        department = self._random.choice(_DEPARTMENTS)
        return Mentee(
            id=name,
            needs=self._some(_NEEDS, 1, 3),
            slots=self._some(_SLOTS, 2, 4),
            level=self._random.choice(_LEVELS),
            department=department,
            since=AT - timedelta(days=self._random.randint(-2, 45)),
            born=self._random.choice((None, date(2000, 1, 1), date(2010, 5, 5), date(2008, 1, 16))),
            languages=self._some(_LANGUAGES, 1, 2),
            sectors=self._some(_SECTORS, 0, 2),
            commune=self._commune(department),
            remote=self._random.random() < 0.85,
            publics=self._some(_PUBLICS, 0, 3),
            association=self._association(0.2),
            avoid=frozenset({f"m{self._random.randrange(9)}"}),
        )

    def mentor(self, name: str) -> Mentor:
        """A volunteer with 0 to 3 places."""
        department = self._random.choice(_DEPARTMENTS)
        mentor = Mentor(
            id=name,
            offers=self._some(_NEEDS, 2, 4),
            slots=self._some(_SLOTS, 1, 4),
            levels=self._some(_LEVELS, 1, 2),
            department=department,
            languages=self._some(_LANGUAGES, 1, 3),
            sectors=self._some(_SECTORS, 0, 3),
            commune=self._commune(department),
            remote=self._random.random() < 0.9,
            capacity=self._random.choice((0, 1, 1, 1, 2, 3)),
            association=self._association(0.6),
            cleared=self._random.random() < 0.8,
            avoid=frozenset({f"j{self._random.randrange(9)}"}),
        )
        if self._later is None:
            return mentor
        born, until = self._later.choice(_MENTORS_BORN), self._later.choice(_LAST_DAYS)
        return replace(
            mentor, born=born, cleared=until if mentor.cleared and until else mentor.cleared
        )

    def policy(self) -> Policy:
        """Most pairs with up to four floors, or now and then the score alone."""
        least = self._random.choice((0.0, 0.0, 0.35))
        minors = self._later.choice(_MINOR_MENTORS) if self._later else "minors_only"
        if self._random.random() < 0.2:
            return Policy("score-1", "score", least, minor_mentors=minors)
        publics = self._random.sample(_PUBLICS, self._random.randint(0, 4))
        shares = [Decimal(self._random.choice(("0.1", "0.34", "0.5", "1"))) for _ in publics]
        floors = tuple(map(Floor, publics, shares))
        return Policy("drawn-1", min_score=least, floors=floors, minor_mentors=minors)

    def _between(self, most: int) -> int:
        return 0 if self._random.random() < 0.02 else self._random.randint(most // 2, most)

    def _some(self, words: Sequence[str], least: int, most: int) -> frozenset[str]:
        return frozenset(self._random.sample(words, self._random.randint(least, most)))

    def _commune(self, department: str) -> str | None:
        return self._random.choice((None, f"{department}001"[:5], f"{department}002"[:5]))

    def _association(self, often: float) -> str | None:
        return f"a{self._random.randrange(3)}" if self._random.random() < often else None
