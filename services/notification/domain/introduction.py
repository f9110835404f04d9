"""Bringing two people together: in which order they are written to, and who cannot be reached."""

from shared.contracts.deadlines import INTRODUCTION_TIME
from shared.contracts.types import Side

ORDER: tuple[Side, ...] = ("mentor", "mentee")
"""The mentor first: a young person reads "your mentor will write to you" only once that is so."""

TEMPLATE_OF: dict[Side, str] = {
    "mentor": "pair_introduced_mentor",
    "mentee": "pair_introduced_mentee",
}
DEADLINE = INTRODUCTION_TIME
"""Business time after the pair was confirmed; by then every retry of its messages is spent."""

_ABOUT_THE_MENTEE = ("mentee-gone", "guardian-gone", "other-unreachable")


def unreachable_side(written_to: Side, reason: str) -> Side:
    """The side that cannot be reached, by the message that failed and the reason of its failure:
    a message may also fail because the person whom it tells of is gone."""
    if reason in _ABOUT_THE_MENTEE:
        return "mentee"
    return "mentor" if reason == "mentor-gone" else written_to
