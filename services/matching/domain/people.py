"""The people a round puts together, and the associations that look after them.

Only what decides a pair stands here: no name, no address, no phone.
"""

from dataclasses import dataclass
from datetime import date

from shared.contracts.clearance import Clearance, is_cleared

MAJORITY = 18
"""Years from which somebody is no minor to the gate `safety`."""

FRENCH = frozenset({"fr"})


@dataclass(frozen=True)
class Mentee:
    """A young person who waits. `since` is the calendar day in Paris of the registration.

    `born` is None for an adult; a year alone stands as 31 December, the safer reading.
    `avoid` holds mentor ids.
    """

    id: str
    needs: frozenset[str]
    slots: frozenset[str]
    level: str
    department: str
    since: date
    born: date | None = None
    languages: frozenset[str] = FRENCH
    sectors: frozenset[str] = frozenset()
    commune: str | None = None
    remote: bool = True
    publics: frozenset[str] = frozenset()
    association: str | None = None
    avoid: frozenset[str] = frozenset()

    def minor_at(self, at: date) -> bool:
        """True until the eve of the 18th birthday (1 March for those born on 29 February)."""
        return is_minor(self.born, at)


@dataclass(frozen=True)
class Mentor:
    """A volunteer. `capacity` is how many more mentees; `cleared` says "may mentor minors": yes,
    no, or the last day on which it holds; a yes without a day holds on the day of the round.

    `born` is None for an adult; a year alone stands as 31 December. `avoid` holds mentee ids.
    """

    id: str
    offers: frozenset[str]
    slots: frozenset[str]
    levels: frozenset[str]
    department: str
    languages: frozenset[str] = FRENCH
    sectors: frozenset[str] = frozenset()
    commune: str | None = None
    remote: bool = True
    capacity: int = 1
    association: str | None = None
    company: str | None = None
    cleared: Clearance = False
    born: date | None = None
    since: date | None = None
    avoid: frozenset[str] = frozenset()

    def is_cleared_on(self, day: date) -> bool:
        """Whether the mentor may accompany minors on that day."""
        return is_cleared(self.cleared, day)

    def minor_at(self, at: date) -> bool:
        """True until the eve of the 18th birthday, as for a mentee."""
        return is_minor(self.born, at)


@dataclass(frozen=True)
class Association:
    """An association and the most new pairs it takes in one round (None: no limit)."""

    id: str
    round_cap: int | None = None


def is_minor(born: date | None, at: date) -> bool:
    """Whether somebody is under 18 (born on 29 February: until 1 March); None is an adult."""
    if born is None:
        return False
    birthday_passed = (at.month, at.day) >= (born.month, born.day)
    return at.year - born.year - (not birthday_passed) < MAJORITY


def last_day_of(year: int) -> date:
    """The birth date that stands for a year alone: nobody is taken for older than they are."""
    return date(year, 12, 31)
