"""Until when a mentor may accompany minors, and whose word about it counts."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from shared.contracts.clearance import Clearance

REMINDED_BEFORE = timedelta(days=30)
"""How long before the last day the association is asked to renew."""
MOST_YEARS = 5
"""No check is good for longer; a later date is a typing error."""


def last_day(stated: Clearance, today: date, months: int) -> date | None:
    """The last day on which a stated clearance holds; None: it holds on no day from `today` on.

    A plain yes holds for `months` calendar months from the day on which it is said.
    """
    if isinstance(stated, bool):
        return months_after(today, months) if stated else None
    return stated if stated >= today else None


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is too short."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_plausible_last_day(day: date, today: date) -> bool:
    """Whether an association may record `day` as the last one of a clearance."""
    return today <= day <= months_after(today, 12 * MOST_YEARS)


@dataclass(frozen=True)
class Standing:
    """What is known of a mentor's clearance. `until` None: not cleared; `said_by`: whose statement
    that is, `partner:<name>`, `import` or `<name>@<association>` (None: nobody's)."""

    until: date | None
    said_by: str | None


@dataclass(frozen=True)
class Statement:
    """What somebody who registers a mentor says: yes, no, a last day, or nothing (None).

    `actor`: `partner:<name>` or `import`; None: a public page, where nobody is believed.
    `own_reference`: the mentor is named by the reference that this partner, or file, gave them.
    """

    clearance: Clearance | None
    actor: str | None
    own_reference: bool


def counts(statement: Statement, standing: Standing) -> bool:
    """Whether a yes takes effect; otherwise it is kept for the association in charge to decide.

    It counts from a partner that states its own reference for this mentor, unless a no of somebody
    else stands: a file that is sent again every night must not undo it.
    """
    withdrawn_by_another = standing.until is None and standing.said_by not in (
        None,
        statement.actor,
    )
    return statement.own_reference and not withdrawn_by_another
