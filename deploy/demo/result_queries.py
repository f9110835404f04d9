"""The figures of the result table that are one query on the store of one service."""

from shared.contracts.vocabulary.associations import NETWORK_HEAD

COUNTS = {
    "refused": ("registration", "SELECT count(*) FROM refusals"),
    "routed": ("registration", "SELECT count(DISTINCT request_id) FROM routings"),
    "confirmed_by_association": (
        "registration",
        "SELECT count(*) FROM requests WHERE confirmed_at IS NOT NULL",
    ),
    "rounds": ("matching", "SELECT count(*) FROM rounds WHERE state = 'published'"),
    "worst_gap": ("matching", "SELECT max(gap) FROM rounds WHERE state = 'published'"),
    "pairs_proposed": ("matching", "SELECT count(*) FROM pairs WHERE round_id IS NOT NULL"),
    "pairs_confirmed": (
        "matching",
        "SELECT count(*) FROM pairs WHERE round_id IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM propositions p WHERE p.pair_id = pairs.pair_id AND p.state <> 'accepted')"
        " AND end_reason IS DISTINCT FROM 'not_introduced'",
    ),
    "introductions": (
        "notification",
        "SELECT count(*) FROM introductions WHERE introduced_at IS NOT NULL",
    ),
    "first_meetings": ("followup", "SELECT count(*) FROM engagements WHERE met_at IS NOT NULL"),
    "checkins_asked": ("followup", "SELECT count(*) FROM checkins"),
    "checkins_answered": (
        "followup",
        "SELECT count(*) FROM checkins WHERE answered_at IS NOT NULL",
    ),
    "alerts": ("followup", "SELECT count(*) FROM alerts"),
    "renewed": ("followup", "SELECT count(*) FROM terms WHERE outcome = 'renewed'"),
    "ended": ("followup", "SELECT count(*) FROM engagements WHERE ended_at IS NOT NULL"),
}


BEFORE_A_HUMAN = {
    "doubts": ("registration", "SELECT count(*) FROM doubts"),
    "doubts_open": ("registration", "SELECT count(*) FROM doubts WHERE outcome IS NULL"),
    "doubts_different": (
        "registration",
        "SELECT count(*) FROM doubts WHERE outcome = 'different'",
    ),
    "mentors_cleared": (
        "registration",
        "SELECT count(*) FROM mentors WHERE clearance_said_by LIKE 'camille@%'",
    ),
    "handed_on": (
        "registration",
        f"SELECT count(*) FROM requests r WHERE r.association = '{NETWORK_HEAD}' OR EXISTS"  # noqa: S608 - only names that stand in the code
        " (SELECT FROM routings o WHERE o.request_id = r.id AND o.outcome = 'gone')",
    ),
    "unreachable": ("registration", "SELECT count(*) FROM unreachable_people"),
    "undelivered": (
        "followup",
        "SELECT count(*) FROM alerts WHERE association IS NOT NULL"
        " AND reason IN ('message_failed', 'introduction_failed')",
    ),
}
