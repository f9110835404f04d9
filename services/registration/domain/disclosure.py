"""Who may be told who somebody is: the other half of a pair, and the association in charge."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

IDENTITY_STAYS_OPEN = timedelta(days=30)
"""After the end of a request, for the association that had it in charge."""
Refusal = Literal["not_yet", "no_pair", "not_cleared"]
"""`not_yet`: no word of the pair has come, or none that it stands; asked again later, the answer
may be another. `no_pair`: it is over, or it is of other people. `not_cleared`: the young person
is a minor and the mentor's check does not hold today."""


@dataclass(frozen=True)
class KnownPair:
    """A pair as registration knows it from events."""

    mentee_id: UUID | None
    mentor_id: UUID | None
    confirmed_at: datetime | None
    released_at: datetime | None
    ended_at: datetime | None


def refusal_of(
    pair: KnownPair | None, people: set[UUID], *, minor: bool, cleared: bool
) -> Refusal | None:
    """Why these two may not learn of each other now; None when they may."""
    if pair is None:
        return "not_yet"
    if pair.released_at or pair.ended_at:
        return "no_pair"
    if pair.confirmed_at is None:
        return "not_yet"
    if {pair.mentee_id, pair.mentor_id} != people:
        return "no_pair"
    return "not_cleared" if minor and not cleared else None


def identity_is_closed(ended_at: datetime | None, now: datetime) -> bool:
    """Whether a request ended so long ago that its association may not open who asked."""
    return ended_at is not None and now >= ended_at + IDENTITY_STAYS_OPEN
