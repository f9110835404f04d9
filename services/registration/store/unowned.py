"""What is open in registration and has no next action with a date and an owner: always nothing."""

from shared.contracts.vocabulary.associations import ASSOCIATIONS

_KNOWN = ", ".join(f"'{code}'" for code in sorted(ASSOCIATIONS))
_NEXT = {
    "awaiting_consent": "consent_expiry",
    "unrouted": "placing_again",
    "routed": "association_silent",
    "guardian_check": "guardian_check_deadline",
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
    OR (r.state IN ('routed', 'guardian_check', 'confirmed')
        AND (r.association IS NULL OR r.association NOT IN ({_KNOWN})))
"""

_DOUBTS = """
SELECT count(*) FROM doubts d WHERE d.outcome IS NULL AND NOT EXISTS (
    SELECT FROM timers t WHERE t.kind = 'doubt_overdue' AND t.key = d.id::text)
"""

_CLAIMS = """
SELECT count(*) FROM clearance_claims c JOIN persons p ON p.id = c.mentor_id
WHERE c.settled_at IS NULL AND p.erased_at IS NULL AND p.same_as IS NULL AND NOT EXISTS (
    SELECT FROM timers t WHERE t.kind = 'clearance_claim_overdue' AND t.key = c.id::text)
"""
# A clearance that holds has an end that somebody is told of. $1: now.
_CLEARANCES = """
SELECT count(*) FROM mentors m JOIN persons p USING (id)
WHERE m.cleared_until >= ($1::timestamptz AT TIME ZONE 'Europe/Paris')::date
  AND p.erased_at IS NULL AND p.same_as IS NULL AND NOT EXISTS (
    SELECT FROM timers t WHERE t.kind = 'clearance_ended' AND t.key = m.id::text)
"""

_CHECKS = f"""
SELECT count(*) FROM guardian_checks c WHERE c.settled_at IS NULL
  AND (c.association NOT IN ({_KNOWN}) OR NOT EXISTS (
    SELECT FROM timers t WHERE t.kind = 'guardian_check_deadline' AND t.key = c.subject::text))
"""
_MENTORS = """
SELECT count(*) FROM mentors m JOIN persons p USING (id)
WHERE m.awaits_guardian AND m.left_at IS NULL AND p.erased_at IS NULL AND p.same_as IS NULL
  AND NOT EXISTS (SELECT FROM guardian_checks c WHERE c.subject = m.id AND c.settled_at IS NULL)
  AND NOT EXISTS (SELECT FROM timers t WHERE t.kind = 'consent_expiry' AND t.key = m.id::text)
"""

UNOWNED = {
    "requests": _REQUESTS,
    "doubts": _DOUBTS,
    "clearance_claims": _CLAIMS,
    "clearances": _CLEARANCES,
    "guardian_checks": _CHECKS,
    "mentors_of_guardians": _MENTORS,
}
