"""What is open in notification and has no next action with a date and an owner: always nothing."""

_MESSAGES = """
SELECT count(*) FROM messages WHERE (state = 'sending' AND lease_until IS NULL)
    OR (state IN ('created', 'temporary-failure') AND not_before IS NULL)
"""
_INTRODUCTIONS = """
SELECT count(*) FROM introductions i WHERE i.introduced_at IS NULL AND i.closed_at IS NULL
    AND NOT EXISTS (SELECT FROM stopped_pairs s WHERE s.pair_id = i.pair_id)
    AND NOT EXISTS (SELECT FROM timers t
                    WHERE t.kind = 'close_introduction' AND t.key = i.pair_id::text)
"""

UNOWNED = {"messages": _MESSAGES, "introductions": _INTRODUCTIONS}
