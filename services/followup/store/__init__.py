"""What follow-up keeps: engagements with their terms, check-ins, alerts. All of its SQL is here."""

from services.followup.store.alerts import Alerts, NewAlert, OpenAlert
from services.followup.store.checkins import AnsweredCheckIn, CheckIns, NewCheckIn, OpenCheckIn
from services.followup.store.counts import UNATTENDED, Count, Counts
from services.followup.store.engagements import Engagements
from services.followup.store.held import Held
from services.followup.store.kept_apart import KeptApart
from services.followup.store.pauses import Pauses

__all__ = [
    "UNATTENDED",
    "Alerts",
    "AnsweredCheckIn",
    "CheckIns",
    "Count",
    "Counts",
    "Engagements",
    "Held",
    "KeptApart",
    "NewAlert",
    "NewCheckIn",
    "OpenAlert",
    "OpenCheckIn",
    "Pauses",
]
