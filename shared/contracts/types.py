"""Words that several parts share: closed lists of codes, and the time of France. Pure data."""

from typing import Literal
from zoneinfo import ZoneInfo

Lang = Literal["fr", "en"]
Side = Literal["mentee", "mentor"]
Channel = Literal["mail", "sms"]
Recipient = Literal["mentee", "mentor", "guardian", "coordinator"]
RegistrationSource = Literal["page", "api", "partner", "import"]
CheckInKind = Literal["first_meeting", "month_1", "month_2", "month_3"]

PARIS = ZoneInfo("Europe/Paris")
"""Days and deadlines of people and associations are days in France."""
