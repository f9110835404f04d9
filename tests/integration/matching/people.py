"""Invented people as events state them; they fit each other unless a test changes a field."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.contracts.events import (
    EngagementEnded,
    MenteeCriteria,
    MentorCriteria,
    MentorRegistered,
    PairConfirmed,
    RequestConfirmed,
)

SINCE = datetime(2026, 1, 3, 23, 30, tzinfo=UTC)
"""In Paris the 4th already."""

ASKED: dict[str, Any] = {
    "needs": ("job", "interview"),
    "slots": ("wed_pm", "sat_am"),
    "level": "lycee",
    "department": "69",
    "birth_year": 2009,
}
OFFERED: dict[str, Any] = {
    "offers": ("job", "network"),
    "slots": ("wed_pm", "fri_eve"),
    "levels": ("lycee", "bac1_2"),
    "department": "69",
    "cleared": True,
}


def request(programme: str = "national", **criteria: Any) -> RequestConfirmed:
    """A young person's request that an association has taken charge of."""
    return RequestConfirmed(
        request_id=uuid4(),
        mentee_id=uuid4(),
        association="tandem_avenir",
        programme=programme,
        criteria=MenteeCriteria(**ASKED | criteria),
        since=SINCE,
    )


def mentor(association: str | None = None, **criteria: Any) -> MentorRegistered:
    """A volunteer who joins."""
    return MentorRegistered(
        mentor_id=uuid4(),
        door="page",
        association=association,
        criteria=MentorCriteria(**OFFERED | criteria),
        registered_at=SINCE,
    )


def end_of(pair: PairConfirmed, **changes: Any) -> EngagementEnded:
    """Follow-up's event at the end of a pair's engagement."""
    fields: dict[str, Any] = pair.model_dump(
        include={"pair_id", "request_id", "mentee_id", "mentor_id"}
    )
    fields |= {"engagement_id": uuid4(), "reason": "completed"}
    return EngagementEnded(**fields | changes)
