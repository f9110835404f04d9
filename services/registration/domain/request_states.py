"""The states of a request, and whether it is a minor's."""

from typing import Literal

OPEN = ("awaiting_consent", "placing", "routed", "unrouted", "guardian_check", "confirmed")
WITHDRAWN = ("consent_withdrawn", "withdrawn", "erased", "duplicate")
"""Over before its time, for good: a request is closed in the state that says why."""
STATES = (*OPEN, "ended", "consent_expired", "consent_refused", *WITHDRAWN)

Minority = Literal["under_15", "under_18"]
"""Whose rights are with a guardian, in part or for the most; None stands for an adult."""
