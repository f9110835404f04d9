"""Which dates are read at all: those of people who live, far from both ends of the calendar.

Python's own calendar ends in the years 1 and 9999, where a change of time zone overflows. Every
reader of a date (form, partner, file, command) refuses what lies outside of these years.
"""

from datetime import date

FIRST_YEAR = 1900
LAST_YEAR = 2100
LONGEST_WAIT_YEARS = 3
"""A request can have begun elsewhere at most so long ago: nobody's data is kept for longer
without a sign of life, and who came first is served first."""


def is_plausible(day: date) -> bool:
    """Whether a date, or a moment by its own clock, lies between `FIRST_YEAR` and `LAST_YEAR`."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def longest_wait_from(today: date) -> date:
    """The earliest day on which a request that still waits today can have begun."""
    return date(today.year - LONGEST_WAIT_YEARS, today.month, min(today.day, 28))
