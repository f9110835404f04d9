"""Ages: what the law and the associations ask for."""

from datetime import date

MENTEE_AGES = (5, 30)
"""The youngest and the oldest young person, in whole years."""
MAJORITY = 18
CONSENT_AGE = 15
"""Under it a parent consents (loi Informatique et Libertés, article 45)."""
BANDS = ((5, 10), (11, 14), (15, 17), (18, 21), (22, 25), (26, 30))
"""What an association sees of an age before it takes charge."""


def age_on(day: date, born: date) -> int:
    """Whole years; someone born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_minor(born: date, day: date) -> bool:
    """Whether somebody is under 18 on that day."""
    return age_on(day, born) < MAJORITY


def needs_guardian(born: date, day: date) -> bool:
    """Whether a parent must consent before anything else happens."""
    return age_on(day, born) < CONSENT_AGE


def birthday(born: date, age: int) -> date:
    """The day on which somebody reaches an age; born on 29 February: 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_band(age: int) -> tuple[int, int]:
    """The band that an age falls into; (31, 31) and the like beyond the last one."""
    return next((band for band in BANDS if band[0] <= age <= band[1]), (age, age))
