"""Until when a mentor may accompany minors: the one rule that every reader of a clearance uses."""

from datetime import date

Clearance = bool | date
"""Yes or no without a date, or the last day on which the clearance holds."""


def is_cleared(clearance: Clearance, day: date) -> bool:
    """Whether the clearance holds on `day`; its last day counts."""
    if isinstance(clearance, bool):
        return clearance
    return day <= clearance
