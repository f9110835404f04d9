"""What is open in matching and has no next action with a date and an owner (always nothing), and
what was set aside for an operator."""

_PROPOSED = """
SELECT count(*) FROM propositions p WHERE p.state = 'open' AND NOT EXISTS (
    SELECT FROM timers t WHERE t.key = p.pair_id::text AND t.kind = 'close_proposition')
"""
# A pair that was introduced is follow-up's; one that is proposed has the deadline of its answers.
_PAIRS = """
SELECT count(*) FROM pairs p
WHERE p.made_at IS NOT NULL AND p.ended_at IS NULL AND p.introduced_at IS NULL
  AND NOT EXISTS (SELECT FROM propositions o WHERE o.pair_id = p.pair_id AND o.state = 'open')
  AND NOT EXISTS (SELECT FROM timers t
                  WHERE t.key = p.pair_id::text AND t.kind = 'introduction_overdue')
"""
# Whoever waits is looked at by the rounds of a pool; whoever is paired has a pair that stands.
_REQUESTS = """
SELECT count(*) FROM requests r WHERE
    (r.state = 'waiting' AND NOT EXISTS (SELECT FROM pools WHERE pools.programme = r.programme))
    OR (r.state = 'paired' AND NOT EXISTS (
        SELECT FROM pairs p WHERE p.request_id = r.request_id AND p.ended_at IS NULL))
"""
_FAILING_POOLS = """
SELECT count(*) FROM pools p CROSS JOIN LATERAL (
    SELECT state FROM rounds WHERE programme = p.programme AND state IN ('published', 'failed')
    ORDER BY requested_at DESC, finished_at DESC LIMIT 1) last
WHERE last.state = 'failed'
"""

_PAUSES = """
SELECT count(*) FROM pairs p WHERE p.paused_at IS NOT NULL AND p.ended_at IS NULL
  AND NOT EXISTS (SELECT FROM timers t WHERE t.key = p.pair_id::text AND t.kind = 'pause_over')
"""

UNOWNED = {
    "requests": _REQUESTS,
    "propositions": _PROPOSED,
    "pairs": _PAIRS,
    "pauses": _PAUSES,
}
SET_ASIDE = {
    "pools": _FAILING_POOLS,
    "requests": "SELECT count(*) FROM requests WHERE state = 'set_aside'",
    "mentors": "SELECT count(*) FROM mentors WHERE blocked <> '{}' AND left_at IS NULL",
}
