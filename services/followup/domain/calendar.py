"""When a term asks its questions. Months are calendar months by the clock of Paris.

An engagement of three months asks on day 7, once more on day 14, then at one, two and three
months. The third question comes 14 days before the end: its answers are waited for just as long
as any other's, so they are in when the term is over and no pair is left between two terms.
"""

from calendar import monthrange
from datetime import datetime, timedelta

from shared.contracts.types import PARIS

TERM_MONTHS = 3
MEETING_PAUSE = timedelta(days=7)
"""From the introduction to "have you met?", to asking again, to calling a human."""
ANSWER_TIME = timedelta(days=14)
"""How long an answer is waited for before silence means something."""

PUT_OFF = timedelta(days=7)
"""How often it is looked whether a pair is still paused."""


def months_after(start: datetime, months: int) -> datetime:
    """The same day and hour some months later; the month's last day where that day is missing.

    31 January and one month is 28 or 29 February. Count from the start of a term, never from the
    last question, or a short month would shift all that follow.
    """
    local = start.astimezone(PARIS)
    years, month0 = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month0 + 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(start.tzinfo)


def term_end(term_start: datetime) -> datetime:
    """When a term is over and the next may begin."""
    return months_after(term_start, TERM_MONTHS)


def question_due(term_start: datetime, month: int) -> datetime:
    """When to ask the question of month 1, 2 or 3 (the last: 14 days before the end)."""
    if month == TERM_MONTHS:
        return term_end(term_start) - ANSWER_TIME
    return months_after(term_start, month)


def link_expiry(term_start: datetime, month: int, asked_at: datetime) -> datetime:
    """Until when a question may be answered: until the next one comes, and 14 days at least.

    Silence calls a human after 14 days, yet a late "not well" must still find its way in. Month 0
    stands for the first meeting.
    """
    following = question_due(term_start, month + 1) if month < TERM_MONTHS else asked_at
    return max(following, asked_at + ANSWER_TIME)
