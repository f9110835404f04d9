"""The proof that a round cannot be bettered: one set of prices for each stage.

By linear programming duality, prices v_j ≥ 0 (mentors), a_k ≥ 0 (associations), f_p ≥ 0 (floors
already set) and μ (the number of pairs, once set) bound the value of any round:

    μ·M* + Σ_j capacity_j·v_j + Σ_k cap_k·a_k - Σ_p f_p·K_p
        + Σ_i max(0, max_j (c_ij - μ - v_j - a_k(j) + F_i))

with F_i the sum of f_p over the publics of mentee i. Plain data; `engine` makes and checks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

FORMAT = "binome-certificate/1"

MOST_GAP = 1e-6
"""What prices may leave open and still prove a score."""

ProvedBy = Literal["prices", "branch_and_bound"]


@dataclass(frozen=True)
class NamedDuals:
    """Only prices above 0; `pairs` is μ, of any sign (0 where the number of pairs is free)."""

    mentors: Mapping[str, float] = field(default_factory=dict)
    associations: Mapping[str, float] = field(default_factory=dict)
    floors: Mapping[str, float] = field(default_factory=dict)
    pairs: float = 0.0


@dataclass(frozen=True)
class PairsProof:
    """No round makes more than `value` pairs, since `bound` < value + 1."""

    value: int
    bound: float
    prices: NamedDuals


@dataclass(frozen=True)
class FloorProof:
    """`value` is K: what is wanted, or the most that can be served.

    `bound` and `prices` prove the latter and are None where value = wanted. `served` counts the
    mentees of the public in the round.
    """

    public: str
    share: Decimal
    wanted: int
    value: int
    served: int
    bound: float | None = None
    prices: NamedDuals | None = None


@dataclass(frozen=True)
class ScoreProof:
    """No round that keeps the earlier stages scores more than `bound`.

    gap = (bound - value) / max(1, value). `branch_and_bound` says that the solver closed what
    the prices leave open, which only crossing floors can need.
    """

    value: float
    bound: float
    gap: float
    prices: NamedDuals
    proved_by: ProvedBy = "prices"


@dataclass(frozen=True)
class Certificate:
    """Everything `binome verify` needs beside the files. The stages that a policy does not have
    are None."""

    at: date
    policy_version: str
    inputs_sha256: str
    policy_sha256: str
    most_pairs: PairsProof | None
    floors: tuple[FloorProof, ...] | None
    score: ScoreProof
    without_floors: ScoreProof | None
    price_of_fairness: float | None


def gap_of(value: float, bound: float) -> float:
    """What a bound leaves open, relative to the value."""
    return (bound - value) / max(1.0, value)
