"""Names of the timers that more than one use case sets or cancels.

`entrypoints/timers.py` says what each does when it comes due.
"""

ASSOCIATION_SILENT = "association_silent"
"""By request: the association's deadline has passed."""
ROUTE_AGAIN = "placing_again"
"""By request: nobody fitted yesterday; room or associations may have changed."""

BIRTHDAY: dict[int, str] = {15: "birthday_15", 18: "birthday_18"}
"""Age → timer by person: rights move to the young person on this day."""

DOUBT_OVERDUE = "doubt_overdue"
"""By doubt: it was not decided in time."""

CLEARANCE_ENDS_SOON, CLEARANCE_ENDED = "clearance_ends_soon", "clearance_ended"
"""By mentor: the association is reminded; the clearance is over."""
