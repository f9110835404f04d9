"""Invented people who register during a benchmark, the same for the same group and number.

All are adults with a mail address of their own, so that each causes the same mails. Surnames are
made of syllables, addresses end in `example.org` (RFC 2606), phones begin with 06 39 98 (reserved
for fiction by ARCEP): there are 10 000 of them, so of a larger group only some have one.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from deploy.demo.people import FIRST_NAMES
from shared.contracts.types import Side
from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, SECTORS, SLOTS

FICTIONAL_PHONES = 10_000
BORN = range(2001, 2008)
"""Years in which people are born: 18 to 25 years old in 2026."""
ENGLISH, REMOTE, CLEARED = 0.2, 0.85, 0.7
"""Shares: who speaks English too, whoever meets at a distance, mentors cleared for minors."""
CAMPAIGN = "mois-du-mentorat-2026"
_SYLLABLES = "bra vel mour dan tix gol pra ruz fen lok sar min dou quel vor tam".split()
_PUBLICS = {"qpv": 0.33, "rural": 0.09, "scholarship": 0.2}


@dataclass(frozen=True)
class Group:
    """A group that registers together. `name` begins each address, lower case letters.

    `mentors`: the share of mentors among them, 0 to 1.
    """

    name: str
    people: int
    mentors: float = 0.0

    def side(self, number: int) -> Side:
        """Mentors are spread evenly among the others."""
        before, after = int(number * self.mentors), int((number + 1) * self.mentors)
        return "mentor" if after > before else "mentee"

    def address(self, number: int) -> str:
        """The mail address of a person, by their number from 0."""
        return f"{self.name}-{number}@example.org"


def registration(group: Group, number: int) -> dict[str, Any]:
    """What a partner sends about one person, about 500 bytes as JSON."""
    pick = random.Random(f"{group.name}-{number}")
    fields = _identity(group, number, pick) | {
        "department": pick.choice(DEPARTMENTS),
        "slots": _some(pick, SLOTS, 3, 8),
        "languages": ["fr", "en"] if pick.random() < ENGLISH else ["fr"],
        "sectors": _some(pick, SECTORS, 0, 3),
        "remote": pick.random() < REMOTE,
        "campaign": CAMPAIGN,
        "consent": True,
    }
    return fields | (_offer(pick) if group.side(number) == "mentor" else _request(pick))


def _identity(group: Group, number: int, pick: random.Random) -> dict[str, Any]:
    born = f"{pick.choice(BORN)}-{pick.randint(1, 12):02d}-{pick.randint(2, 28):02d}"
    fields = {
        "reference": f"{group.name}-{number}",
        "first_name": pick.choice(FIRST_NAMES),
        "last_name": _surname(group, number),
        "born": born,
        "email": group.address(number),
    }
    stride = ceil(group.people / FICTIONAL_PHONES)
    if number % stride == 0:
        fields["phone"] = f"063998{number // stride:04d}"
    return fields


def _surname(group: Group, number: int) -> str:
    """Nobody else's: the number in syllables, after the name of the group."""
    syllables = [_SYLLABLES[number % 16]]
    while number := number // 16:
        syllables.append(_SYLLABLES[number % 16])
    return f"{group.name.capitalize()}-{''.join(syllables).capitalize()}"


def _request(pick: random.Random) -> dict[str, Any]:
    return {
        "needs": _some(pick, NEEDS, 1, 3),
        "level": pick.choice(["bac1_2", "bac3_plus", "out_of_school", "lycee_pro"]),
        "publics": [public for public, share in _PUBLICS.items() if pick.random() < share],
    }


def _offer(pick: random.Random) -> dict[str, Any]:
    return {
        "offers": _some(pick, NEEDS, 2, 6),
        "levels": _some(pick, LEVELS, 3, len(LEVELS)),
        "capacity": pick.choice([1, 1, 1, 2, 2]),
        "cleared": pick.random() < CLEARED,
    }


def _some(pick: random.Random, codes: Sequence[str], least: int, most: int) -> list[str]:
    return sorted(pick.sample(list(codes), pick.randint(least, most)))
