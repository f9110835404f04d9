"""From rows to stages: how far a request or a pair has come."""

from services.registration.domain.tracking import PairStages, RequestStages
from services.registration.store.requests import Request as Asked
from shared.persistence.database import Record


def stages_of(asked: Asked) -> RequestStages:
    """A request before there is a pair."""
    return RequestStages(
        state=asked.state,
        registered=asked.registered_at,
        acknowledged=asked.acknowledged_at,
        asked_guardian=asked.state == "awaiting_consent" or asked.consented_at is not None,
        consented=asked.consented_at,
        routed=asked.routed_at,
        confirmed=asked.confirmed_at,
    )


def standing_pairs(pairs: list[Record]) -> list[Record]:
    """Those that were not released."""
    return [row for row in pairs if not row["released_at"]]


def latest_pair(pairs: list[Record]) -> PairStages | None:
    """The latest pair that was not released."""
    standing = standing_pairs(pairs)
    if not standing:
        return None
    row = standing[-1]
    return PairStages(
        proposed=row["proposed_at"] or row["confirmed_at"],
        introduced=row["introduced_at"],
        met=row["met_at"],
        renewed=row["renewed_at"],
        term=row["term"],
        ended=row["ended_at"],
        end_reason=row["end_reason"],
        asked_until=row["answer_until"],
        agreed=row["confirmed_at"],
    )
