"""A round: what it is given, what it gives back. Plain data that crosses a process border."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.matching.domain.certificate import Certificate
from services.matching.domain.explanation import Explanation
from services.matching.domain.gates import Terms
from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.policy import DEFAULT_POLICY, Policy
from services.matching.domain.score import Components


class RoundUnsolved(Exception):
    """A round could not be decided; str() says why, in French. Nothing of it exists."""


@dataclass(frozen=True)
class RoundInput:
    """The people of one pool on the day `at` (in Paris).

    Ids are unique on each side. An association that is not listed has no cap. `past` holds
    (mentee id, mentor id), never to be made again. The order of nothing matters, but that of the
    policy's floors.
    """

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    at: date
    associations: tuple[Association, ...] = ()
    past: frozenset[tuple[str, str]] = frozenset()
    policy: Policy = DEFAULT_POLICY

    @property
    def terms(self) -> Terms:
        """What every pair of the round is judged under."""
        return Terms(self.at, self.policy, self.past)

    @property
    def caps(self) -> Mapping[str, int]:
        """Association → most new pairs, for those that have a cap."""
        return {a.id: a.round_cap for a in self.associations if a.round_cap is not None}


@dataclass(frozen=True)
class Pair:
    """A pair made by a round."""

    mentee_id: str
    mentor_id: str
    score: float
    components: Components


@dataclass(frozen=True)
class FloorServed:
    """How many mentees of a public were wanted by its floor, and how many the round serves."""

    public: str
    wanted: int
    served: int


@dataclass(frozen=True)
class RoundResult:
    """The best round and its proof.

    `pairs` and `explanations` are sorted by mentee id, one explanation for each mentee.
    `permitted` counts the pairs that pass every gate; `gap` is what the proof leaves open,
    relative to the score. `price_of_fairness` is None where the policy aims at the score alone.
    """

    pairs: tuple[Pair, ...]
    score: float
    bound: float
    gap: float
    permitted: int
    floors: tuple[FloorServed, ...]
    price_of_fairness: float | None
    explanations: tuple[Explanation, ...]
    certificate: Certificate
    seconds: float
