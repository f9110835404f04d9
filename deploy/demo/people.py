"""The invented people of the demonstration, always the same for the same seed.

Surnames are made of syllables that no French register holds, addresses end in `example.org`
(reserved by RFC 2606), phones begin with 06 39 98 (reserved for fiction by ARCEP).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, SECTORS, SLOTS

ASSOCIATION_OF_MENTORS = "tandem_avenir"
MENTEE_SHARE = 0.6
"""Mentors are scarce: a little more than one young person per place is not met."""

FIRST_NAMES = (
    "Aya Naël Maëlle Ilyes Zoé Soan Inès Rayan Lina Malo Awa Tiago Chloé Kaïs Salomé Oumar Jade"
    " Elouan Nour Yanis Romane Idriss Capucine Sacha Mariam Titouan Assia Gaspard Leïla Noham"
).split()
_SYLLABLES = (
    "bra vel mour dan tix gol pra ruz fen lok sar min dou quel vor tam brel jas nol".split()
)


@dataclass(frozen=True)
class Person:
    """An invented person, with the fields of the registration they will fill in."""

    kind: str
    fields: dict[str, Any] = field(repr=False)

    @property
    def secrets(self) -> list[str]:
        """What must never be seen outside: names, addresses, phone."""
        names = ("last_name", "email", "phone", "guardian_email", "guardian_phone")
        return [str(self.fields[name]) for name in names if self.fields.get(name)]


def invent_people(people: int, seed: int, today: date) -> list[Person]:
    """`people` invented people, mentees and mentors mixed as they would arrive."""
    rng = random.Random(seed)
    mentees = round(people * MENTEE_SHARE)
    made = [_mentee(rng, n, today) for n in range(mentees)]
    made += [_mentor(rng, n, today) for n in range(mentees, people)]
    rng.shuffle(made)
    return made


def _identity(rng: random.Random, n: int) -> dict[str, Any]:
    surname = "".join(rng.sample(_SYLLABLES, 3)).capitalize()
    first = rng.choice(FIRST_NAMES)
    return {
        "first_name": first,
        "last_name": surname,
        "email": f"{surname.lower()}.{n}@example.org",
        "phone": f"063998{n % 10_000:04d}",
        "consent": True,
    }


def _place(rng: random.Random) -> dict[str, Any]:
    weights = [
        12 if code in {"75", "93", "13", "59", "69", "94", "974"} else 1 for code in DEPARTMENTS
    ]
    return {
        "department": rng.choices(DEPARTMENTS, weights)[0],
        "slots": _some(rng, SLOTS, 3, 8),
        "languages": ["fr", "en"] if rng.random() < 0.2 else ["fr"],
        "sectors": _some(rng, SECTORS, 0, 3),
        "remote": rng.random() < 0.85,
    }


def _mentee(rng: random.Random, n: int, today: date) -> Person:
    age = rng.choices(range(12, 26), [2, 2, 3, 8, 10, 12, 12, 10, 8, 6, 5, 4, 3, 3])[0]
    fields = _identity(rng, n) | _place(rng)
    fields |= {
        "born": _birthday(rng, age, today),
        "needs": _some(rng, NEEDS, 1, 3),
        "level": _level(rng, age),
        "publics": _publics(rng),
    }
    if age < 15 or (age < 18 and rng.random() < 0.7):
        fields |= _guardian(rng, n)
    elif rng.random() < 0.12:
        del fields["email"]  # reached by SMS alone
    return Person("mentee", fields)


def _guardian(rng: random.Random, n: int) -> dict[str, Any]:
    """A parent of the young person; one in five has a phone only."""
    name = "".join(rng.sample(_SYLLABLES, 3))
    if rng.random() < 0.2:
        return {
            "guardian_first_name": "Claude",
            "guardian_phone": f"06 39 98 9{n // 100 % 10:d} {n % 100:02d}",
        }
    return {"guardian_first_name": "Claude", "guardian_email": f"{name}.{n}@example.org"}


def _mentor(rng: random.Random, n: int, today: date) -> Person:
    fields = _identity(rng, n) | _place(rng)
    fields |= {
        "born": _birthday(rng, _mentors_age(rng), today),
        "offers": _some(rng, NEEDS, 2, 6),
        "levels": _some(rng, LEVELS, 3, len(LEVELS)),
        "capacity": rng.choices([1, 2], [0.6, 0.4])[0],
        "cleared": rng.random() < 0.7,
        # Partners and files name their mentors; a yes counts only of somebody who is named.
        "reference": f"mentor-{n}",
        # The others are in the charge of the network's head.
        **({"association": ASSOCIATION_OF_MENTORS} if n % 4 == 0 else {}),
    }
    if fields["born"] > _birthday_of_majority(today):
        fields |= _guardian(rng, n)
    if fields["cleared"] and n % 3 == 0:
        fields["cleared"] = (today + timedelta(days=400)).isoformat()
    if rng.random() < 0.4:
        del fields["phone"]
    return Person("mentor", fields)


def _mentors_age(rng: random.Random) -> int:
    """One in twelve is a lycéen."""
    return rng.choice([16, 17]) if rng.random() < 1 / 12 else rng.randint(24, 66)


def _birthday_of_majority(today: date) -> str:
    return (today - timedelta(days=round(18 * 365.25))).isoformat()


def _birthday(rng: random.Random, age: int, today: date) -> str:
    # Nobody's birthday falls into the demonstration's few months.
    return (today - timedelta(days=round(age * 365.25) + rng.randint(10, 150))).isoformat()


def _level(rng: random.Random, age: int) -> str:
    if age < 15:
        return "college"
    if age < 18:
        return rng.choice(["lycee", "lycee_pro"])
    return rng.choice(["bac1_2", "bac3_plus", "out_of_school"])


def _publics(rng: random.Random) -> list[str]:
    shares = {"qpv": 0.33, "rural": 0.09, "rep": 0.12, "ase": 0.05, "scholarship": 0.2}
    return [public for public, share in shares.items() if rng.random() < share]


def _some(rng: random.Random, codes: Sequence[str], least: int, most: int) -> list[str]:
    return sorted(rng.sample(list(codes), rng.randint(least, most)))
