"""The part of an explanation that is sent again when it changes.

Counts move a little with every round; a young person is told again when the reason changes, not
when 41 mentors have become 42. So counts are compared in steps.
"""

from bisect import bisect_right
from typing import Any

from services.matching.domain.explanation import Blocking

STEPS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)


def explanation_key(blocking: Blocking) -> dict[str, Any]:
    """Plain data that is equal for two explanations which say the same to their reader."""
    opening = blocking.opens_most
    return {
        "kind": blocking.kind,
        "gate": blocking.gate,
        "permitted": step_of(blocking.permitted),
        "change": opening.change if opening else None,
        "mentors": step_of(opening.mentors) if opening else 0,
    }


def step_of(count: int) -> int:
    """The largest step that `count` reaches; 0 below the first."""
    reached = bisect_right(STEPS, count)
    return STEPS[reached - 1] if reached else 0
