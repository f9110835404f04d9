"""A pair on its way through a term."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.types import Side


@dataclass(frozen=True)
class Engagement:
    """The state of a pair's engagement, ids only. `term` counts from 1."""

    engagement_id: UUID
    pair_id: UUID
    request_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    association: str
    term: int
    term_started_at: datetime
    met: bool = False
    over: bool = False
    paused: bool = False
    """No contact for now: nobody is asked anything, and silence means nothing."""

    def person(self, side: Side) -> UUID:
        """Who stands on a side."""
        return self.mentee_id if side == "mentee" else self.mentor_id

    def in_term(self, term: int) -> bool:
        """Whether this term still runs: what was planned for another one is void."""
        return not self.over and self.term == term
