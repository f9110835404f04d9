"""What is open in follow-up and has no next action with a date and an owner: always nothing."""

from services.followup.store.counts import UNATTENDED
from shared.contracts.vocabulary.associations import ASSOCIATIONS

_KNOWN = ", ".join(f"'{code}'" for code in sorted(ASSOCIATIONS))
_ALERTS = f"""
SELECT count(*) FROM alerts WHERE handled_at IS NULL
    AND (association IS NULL OR association NOT IN ({_KNOWN}))
"""

UNOWNED = {"engagements": UNATTENDED, "alerts": _ALERTS}
