"""Faults planted among the people of a demonstration: everybody else is served all the same, and
each fault comes before a human.

Two mentors and one young adult have mailboxes that answer 550; strangers register under the names
and birth dates of mentors and of young people who are known; in the middle, one association leaves
the file.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from deploy.demo.people import Person
from deploy.demo.store_counts import StoreCounts
from deploy.devstack.local_stack import LocalStack
from deploy.devstack.mailbox import DEAD_DOMAIN
from shared.contracts.vocabulary.associations import ASSOCIATIONS

MOST_IN_HAND = """
SELECT association FROM requests r WHERE state = 'confirmed'
GROUP BY association
ORDER BY count(*) FILTER (WHERE NOT EXISTS (
    SELECT FROM pairs p WHERE p.request_id = r.id AND p.released_at IS NULL)) DESC,
    count(*) DESC, association LIMIT 1
"""
"""The association that leaves the file: the one with most requests that wait, else most at all."""
CLOSED_AFTER = timedelta(seconds=8)
"""Real time: some simulated days after everybody has come in."""
ADULT = 20


@dataclass(frozen=True)
class Faults:
    """How many of each."""

    dead_mentors: int = 2
    dead_mentees: int = 1
    strange_mentors: int = 4
    strange_mentees: int = 2

    @property
    def strangers(self) -> int:
        """People who register in the name of somebody known."""
        return self.strange_mentors + self.strange_mentees


def with_dead_mailboxes(people: Sequence[Person], faults: Faults, today: date) -> list[Person]:
    """The same people; the mailbox of the first few that fit is dead, and they have no phone."""
    left = {"mentor": faults.dead_mentors, "mentee": faults.dead_mentees}
    return [_dead(person) if _is_next(person, left, today) else person for person in people]


def _is_next(person: Person, left: dict[str, int], today: date) -> bool:
    fits = "email" in person.fields and _is_adult(person, today)
    if not fits or not left[person.kind]:
        return False
    left[person.kind] -= 1
    return True


def _is_adult(person: Person, today: date) -> bool:
    return (today - date.fromisoformat(person.fields["born"])).days >= ADULT * 366


def _dead(person: Person) -> Person:
    name = person.fields["email"].partition("@")[0]
    fields = {name: value for name, value in person.fields.items() if name != "phone"}
    return replace(person, fields=fields | {"email": f"{name}@{DEAD_DOMAIN}"})


def strangers(people: Sequence[Person], faults: Faults, today: date) -> list[Person]:
    """Somebody else under the name and birth date of each of the last few mentors, and of the last
    few young people of age."""
    mentors = [one for one in people if one.kind == "mentor"][-faults.strange_mentors :]
    adults = [one for one in people if one.kind == "mentee" and _is_adult(one, today)]
    known = [*mentors, *adults[-faults.strange_mentees :]]
    return [_stranger(person, number) for number, person in enumerate(known)]


def _stranger(person: Person, number: int) -> Person:
    fields = {name: value for name, value in person.fields.items() if name != "reference"}
    text = {"email": f"stranger.{number}@example.org", "phone": f"063998{9800 + number}"}
    return replace(person, fields=fields | text)


async def close_association(stack: LocalStack, books: StoreCounts) -> None:
    """Restart every service with the shipped associations but one."""
    await asyncio.sleep(CLOSED_AFTER.total_seconds())
    closed = await books.count("registration", MOST_IN_HAND)
    file = stack.folder / "associations.json"
    entries = [x.model_dump(mode="json") for x in ASSOCIATIONS.values() if x.code != closed]
    file.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    stack.environment["BINOME_ASSOCIATIONS_FILE"] = str(file)
    for several in [*stack.services.values()]:
        for replica in [*several]:
            await asyncio.to_thread(stack.restart, replica)
