"""What a round gives back. Plain data that crosses a process border."""

from dataclasses import dataclass

from services.matching.domain.certificate import Certificate
from services.matching.domain.explanation import Explanation
from services.matching.domain.weights import Components


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
