"""The ten gates. A pair that fails one is never made, whatever its score: a gate has no weight."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.round_input import Terms
from services.matching.domain.safety import Safety, is_safe
from services.matching.domain.score import components_of, score_of

SCORE_TOLERANCE = 1e-12


Gate = Callable[[Mentee, Mentor, Terms], bool]


def need(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """The mentor offers at least one of the needs."""
    return not mentee.needs.isdisjoint(mentor.offers)


def slot(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """They have a time of the week in common."""
    return not mentee.slots.isdisjoint(mentor.slots)


def language(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """They speak a common language."""
    return not mentee.languages.isdisjoint(mentor.languages)


def level(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """The mentor takes mentees of this school level."""
    return mentee.level in mentor.levels


def place(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """Both accept to meet remotely, or they live in the same département."""
    return (mentee.remote and mentor.remote) or mentee.department == mentor.department


def safety(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """A minor only meets a mentor who is cleared for minors that day; a mentor under 18 only meets
    minors, unless the policy says that such mentors are supervised."""
    return is_safe(Safety(mentee.born, mentor.born, mentor.cleared), terms.at, terms.policy)


def association(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """The same association where both have one."""
    return None in (mentee.association, mentor.association) or (
        mentee.association == mentor.association
    )


def avoid(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """Neither avoids the other, and they were never a pair before."""
    return (
        mentor.id not in mentee.avoid
        and mentee.id not in mentor.avoid
        and (mentee.id, mentor.id) not in terms.past
    )


def capacity(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """The mentor has a place."""
    return mentor.capacity >= 1


def min_score(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    """The pair fits as well as the policy asks."""
    score = score_of(components_of(mentee, mentor, terms.at), terms.policy.weights)
    return reaches(score, terms.policy.min_score)


def reaches(score: float, least: float) -> bool:
    """score ≥ least, with the tolerance of the rule."""
    return score >= least - SCORE_TOLERANCE


GATES: Mapping[str, Gate] = MappingProxyType(
    {
        "need": need,
        "slot": slot,
        "language": language,
        "level": level,
        "place": place,
        "safety": safety,
        "association": association,
        "avoid": avoid,
        "capacity": capacity,
        "min_score": min_score,
    }
)
"""Name of a gate → its rule; True lets the pair through."""


def closed_gates(mentee: Mentee, mentor: Mentor, terms: Terms) -> tuple[str, ...]:
    """The names of the gates that stop this pair, in the order of `GATES`; none: permitted."""
    return tuple(name for name, lets in GATES.items() if not lets(mentee, mentor, terms))
