"""What is open in registration and has no next action with a date and an owner: always nothing."""

from shared.contracts.vocabulary.associations import ASSOCIATIONS

_KNOWN = ", ".join(f"'{code}'" for code in sorted(ASSOCIATIONS))
_NEXT = {
    "awaiting_consent": "consent_expiry",
    "unrouted": "placing_again",
    "routed": "association_silent",
}
"""State of a request → timer that comes back to it."""
_WAITS = " OR ".join(
    f"(r.state = '{state}' AND NOT EXISTS (SELECT FROM timers t"
    f" WHERE t.key = r.id::text AND t.kind = '{timer}'))"
    for state, timer in _NEXT.items()
)
# A request is placed in one transaction; one that is confirmed is matching's, its association in
# charge; one that is closed is over.
_REQUESTS = f"""
SELECT count(*) FROM requests r WHERE r.state = 'placing' OR {_WAITS}
    OR (r.state IN ('routed', 'confirmed')
        AND (r.association IS NULL OR r.association NOT IN ({_KNOWN})))
"""  # noqa: S608 - codes of our own

_DOUBTS = """
SELECT count(*) FROM doubts d WHERE d.outcome IS NULL AND NOT EXISTS (
    SELECT FROM timers t WHERE t.kind = 'doubt_overdue' AND t.key = d.id::text)
"""

UNOWNED = {"requests": _REQUESTS, "doubts": _DOUBTS}
