"""Which association fits a request best. Pure, deterministic, and it says why.

Age, territory and needs are gates: an association outside them cannot serve the young person.
Among those inside, the score is 0.35 public + 0.30 needs + 0.20 territory + 0.10 room + 0.05
age, each in [0, 1]; equal scores go by code.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from services.registration.domain.publics import SENSITIVE
from shared.contracts.vocabulary.associations import AssociationEntry

WEIGHTS = {"public": 0.35, "needs": 0.30, "territory": 0.20, "room": 0.10, "age": 0.05}
WIDEST_AGES = 25
"""Years between the youngest and the oldest young person."""


@dataclass(frozen=True)
class RoutingRequest:
    """What routing looks at of a request."""

    age: int
    department: str
    needs: frozenset[str]
    publics: frozenset[str]


@dataclass(frozen=True)
class RoutingDecision:
    """The association chosen, and what spoke for it: `public:ase`, `territory`, `needs`, `age`."""

    association: AssociationEntry
    score: float
    reasons: tuple[str, ...]


def choose(
    request: RoutingRequest,
    associations: Iterable[AssociationEntry],
    in_hand: Mapping[str, int],
    excluded: Collection[str] = (),
) -> RoutingDecision | None:
    """The most fitting association with room left, or None when nobody fits.

    `in_hand`: requests that each association has now; `excluded`: those that declined or stayed
    silent.
    """
    fitting = [
        _score(request, association, in_hand.get(association.code, 0))
        for association in associations
        if association.code not in excluded
        and in_hand.get(association.code, 0) < association.capacity
        and can_serve(request, association)
    ]
    return min(fitting, key=lambda x: (-x.score, x.association.code), default=None)


def can_serve(request: RoutingRequest, association: AssociationEntry) -> bool:
    """Whether the young person's age, place and at least one need are the association's; the
    network's head takes charge of nobody."""
    return (
        not association.network_head
        and association.min_age <= request.age <= association.max_age
        and (not association.departments or request.department in association.departments)
        and (not association.needs or not request.needs.isdisjoint(association.needs))
    )


def _score(request: RoutingRequest, association: AssociationEntry, in_hand: int) -> RoutingDecision:
    parts = {
        "public": _public(request, association),
        "needs": _needs(request, association),
        "territory": 1.0 if association.departments else 0.5,
        "room": 1.0 - in_hand / association.capacity,
        "age": 1.0 - (association.max_age - association.min_age) / WIDEST_AGES,
    }
    score = sum(WEIGHTS[name] * value for name, value in parts.items())
    return RoutingDecision(association, round(score, 9), _reasons(request, association))


def _public(request: RoutingRequest, association: AssociationEntry) -> float:
    """None is its speciality: ½; others are: 0; this young person's: more than ½, up to 1 by the
    share of their publics that it knows, sensitive ones counting twice."""
    if not association.publics:
        return 0.5
    known = _weight(request.publics & association.publics)
    return 0.5 + 0.5 * known / _weight(request.publics) if known else 0.0


def _weight(publics: frozenset[str]) -> int:
    return len(publics) + len(publics & SENSITIVE)


def _needs(request: RoutingRequest, association: AssociationEntry) -> float:
    """The share of the needs that it serves; a generalist counts a little less."""
    if not association.needs:
        return 0.9
    return len(request.needs & association.needs) / len(request.needs)


def _reasons(request: RoutingRequest, association: AssociationEntry) -> tuple[str, ...]:
    reasons = [f"public:{public}" for public in sorted(request.publics & association.publics)]
    if association.departments:
        reasons.append("territory")
    if association.needs:
        reasons.append("needs")
    return (*reasons, "age", "room")
