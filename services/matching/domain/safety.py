"""The rule of the gate `safety`, on the ages and the clearance of two people alone."""

from dataclasses import dataclass
from datetime import date

from services.matching.domain.people import is_minor
from services.matching.domain.policy import Policy
from shared.contracts.clearance import Clearance, is_cleared


@dataclass(frozen=True)
class Safety:
    """What decides: both birth dates (None: an adult) and the mentor's clearance."""

    mentee_born: date | None
    mentor_born: date | None
    cleared: Clearance


def is_safe(pair: Safety, at: date, policy: Policy) -> bool:
    """Whether two people may meet on the day `at`.

    A minor only meets a mentor who is cleared on that day; a mentor under 18 only meets minors,
    unless the policy says that such mentors are supervised.
    """
    if is_minor(pair.mentee_born, at):
        return is_cleared(pair.cleared, at)
    return policy.minor_mentors == "supervised" or not is_minor(pair.mentor_born, at)
