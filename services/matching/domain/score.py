"""How well a permitted pair fits: five components in [0, 1], weighted by the policy.

The order of the sum is fixed, so that every reader of a score finds the same last bit.
"""

from datetime import date

from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.weights import Components, Weights
from shared.contracts.vocabulary import REGION_OF

ENOUGH_SLOTS = 3
ENOUGH_DAYS = 30
SAME_COMMUNE, SAME_DEPARTMENT, SAME_REGION, ELSEWHERE = 1.0, 0.7, 0.4, 0.0


def components_of(mentee: Mentee, mentor: Mentor, at: date) -> Components:
    """The components of a pair on the day `at`."""
    return Components(
        needs=_share(mentee.needs, mentor.offers),
        sectors=_share(mentee.sectors, mentor.sectors),
        slots=min(len(mentee.slots & mentor.slots), ENOUGH_SLOTS) / ENOUGH_SLOTS,
        proximity=proximity(mentee, mentor),
        waiting=waiting(mentee.since, at),
    )


def score_of(components: Components, weights: Weights) -> float:
    """Σ weight × component, from left to right in the order of `COMPONENTS`."""
    total = weights.needs * components.needs
    total += weights.sectors * components.sectors
    total += weights.slots * components.slots
    total += weights.proximity * components.proximity
    total += weights.waiting * components.waiting
    return total


def _share(wanted: frozenset[str], offered: frozenset[str]) -> float:
    return len(wanted & offered) / len(wanted) if wanted else 0.0


def proximity(mentee: Mentee, mentor: Mentor) -> float:
    """1 in the same commune, 0.7 in the same département, 0.4 in the same region, else 0."""
    if mentee.commune is not None and mentee.commune == mentor.commune:
        return SAME_COMMUNE
    if mentee.department == mentor.department:
        return SAME_DEPARTMENT
    if REGION_OF[mentee.department] == REGION_OF[mentor.department]:
        return SAME_REGION
    return ELSEWHERE


def waiting(since: date, at: date) -> float:
    """Calendar days from `since` to `at` over 30, at most 1, never negative."""
    days = max((at - since).days, 0)
    return min(days, ENOUGH_DAYS) / ENOUGH_DAYS
