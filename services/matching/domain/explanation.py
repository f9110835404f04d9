"""Why this pair, or why none yet: what a person may read, from figures alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.matching.domain import wording
from services.matching.domain.gates import GATES
from services.matching.domain.weights import COMPONENTS, Components, Weights

MOST_REASONS = 3


@dataclass(frozen=True)
class Reasons:
    """Up to three reasons for a pair, the strongest first, in both languages."""

    fr: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True)
class Opening:
    """The one change of a mentee that would permit most further mentors.

    `change` reads `slot:wed_pm`, `language:en` or `remote`; `mentors` counts those it opens.
    """

    change: str
    mentors: int


@dataclass(frozen=True)
class Blocking:
    """Why a mentee has no mentor in this round.

    `gate`: nobody is permitted, and `gate` is the one that stops most mentors (None when there
    is no mentor at all). `taken`: `permitted` mentors would do, all taken by the round.
    """

    kind: Literal["gate", "taken"]
    gate: str | None
    permitted: int
    opens_most: Opening | None
    fr: str
    en: str


@dataclass(frozen=True)
class Explanation:
    """One for each mentee of a round; the fields of the other case are None."""

    mentee_id: str
    mentor_id: str | None = None
    score: float | None = None
    components: Components | None = None
    reasons: Reasons | None = None
    blocking: Blocking | None = None


def reasons_for(components: Components, weights: Weights) -> Reasons:
    """The largest weighted components that are not zero, in words."""
    strongest = _strongest(components, weights)
    values = components.by_name()
    reasons = [wording.reason(name, values[name]) for name in strongest]
    return Reasons(fr=tuple(fr for fr, _ in reasons), en=tuple(en for _, en in reasons))


def _strongest(components: Components, weights: Weights) -> list[str]:
    weight, value = weights.by_name(), components.by_name()
    counted = {name: weight[name] * value[name] for name in COMPONENTS}
    ranked = sorted((name for name in COMPONENTS if counted[name] > 0), key=lambda n: -counted[n])
    return ranked[:MOST_REASONS]


def blocking_for(
    permitted: int, stopped: Mapping[str, int], mentors: int, opens_most: Opening | None
) -> Blocking:
    """What keeps a mentee waiting.

    `permitted`: mentors every gate lets through; `stopped`: gate → how many of the `mentors` it
    stops, whatever the other gates say.
    """
    if permitted:
        fr, en = wording.describe_taken(permitted)
        kind: Literal["gate", "taken"] = "taken"
        gate = None
    else:
        gate = _stops_most(stopped)
        fr, en = wording.describe_gate(gate, stopped.get(gate or "", 0), mentors)
        kind = "gate"
    if opens_most is not None:
        more_fr, more_en = wording.describe_opening(opens_most.change, opens_most.mentors)
        fr, en = f"{fr} {more_fr}", f"{en} {more_en}"
    return Blocking(kind, gate, permitted, opens_most, fr, en)


def _stops_most(stopped: Mapping[str, int]) -> str | None:
    """The gate that stops most mentors; the first in the order of the gates when several do."""
    worst = max(GATES, key=lambda gate: stopped.get(gate, 0))
    return worst if stopped.get(worst, 0) else None
