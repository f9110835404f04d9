"""The policy of a round: what counts, what must be served. Data, versioned, never code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, fsum
from typing import Any, Literal

from services.matching.domain.weights import COMPONENTS, Weights
from shared.contracts.vocabulary import PUBLICS

Objective = Literal["most_pairs", "score"]
MinorMentors = Literal["minors_only", "supervised"]
"""Mentors under 18 meet minors only, or adults too because the programme supervises them."""

DEFAULT_VERSION = "default"
_SUM_TOLERANCE = 1e-9
_KEYS = ("version", "objective", "min_score", "minor_mentors", "weights", "floors")


@dataclass(frozen=True)
class Floor:
    """At least `share` of the pairs of a round for one public, as far as it can be served."""

    public: str
    share: Decimal

    def required_count(self, pairs: int) -> int:
        """⌈share × pairs⌉, exact: no binary fraction turns 12 into 13."""
        return ceil(Fraction(self.share) * pairs)


@dataclass(frozen=True)
class Policy:
    """What a round aims at. The default is the one used without a policy file."""

    version: str = DEFAULT_VERSION
    objective: Objective = "most_pairs"
    min_score: float = 0.0
    weights: Weights = field(default_factory=Weights)
    floors: tuple[Floor, ...] = ()
    minor_mentors: MinorMentors = "minors_only"


DEFAULT_POLICY = Policy()


class InvalidPolicy(Exception):
    """A policy cannot be used; str() names the key and says why, in French."""


def policy_from(data: Mapping[str, Any]) -> Policy:
    """Checks a policy as read from TOML or from the store, and fills in the defaults.

    Numbers may be int, float or Decimal (Decimal keeps shares exact). Raises InvalidPolicy.
    """
    _only(data, _KEYS, "")
    policy = Policy(
        version=_version(data.get("version", DEFAULT_VERSION)),
        objective=_objective(data.get("objective", "most_pairs")),
        min_score=float(_number(data.get("min_score", 0), "min_score", most=1)),
        weights=_weights(data["weights"]) if "weights" in data else Weights(),
        floors=_floors(data.get("floors", [])),
        minor_mentors=_minor_mentors(data.get("minor_mentors", "minors_only")),
    )
    if policy.floors and policy.objective == "score":
        raise InvalidPolicy('floors : des planchers ne vont qu\'avec objective = "most_pairs".')
    return policy


def policy_data(policy: Policy) -> dict[str, Any]:
    """The policy as plain JSON data; `policy_from` reads it back as it was.

    `minor_mentors` stands in it only where it is not the default, so that a policy of before the
    key existed keeps its content and its fingerprint.
    """
    later = {} if policy.minor_mentors == "minors_only" else {"minor_mentors": "supervised"}
    return {
        "version": policy.version,
        "objective": policy.objective,
        "min_score": policy.min_score,
        "weights": policy.weights.by_name(),
        "floors": [{"public": f.public, "share": float(f.share)} for f in policy.floors],
        **later,
    }


def _only(data: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in keys:
            raise InvalidPolicy(f"{where}{key} : clé inconnue (attendu : {', '.join(keys)}).")


def _version(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidPolicy("version : un texte est attendu.")
    return value


def _objective(value: object) -> Objective:
    if value == "most_pairs":
        return "most_pairs"
    if value == "score":
        return "score"
    raise InvalidPolicy("objective : « most_pairs » ou « score » attendu.")


def _minor_mentors(value: object) -> MinorMentors:
    if value == "minors_only":
        return "minors_only"
    if value == "supervised":
        return "supervised"
    raise InvalidPolicy("minor_mentors : « minors_only » ou « supervised » attendu.")


def _number(value: object, name: str, most: int | None = None) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise InvalidPolicy(f"{name} : un nombre est attendu.")
    number = Decimal(str(value))
    if not number.is_finite() or number < 0 or (most is not None and number > most):
        limits = "positif ou nul" if most is None else f"de 0 à {most}"
        raise InvalidPolicy(f"{name} : {value} n'est pas un nombre {limits}.")
    return number


def _share(value: object, name: str) -> Decimal:
    """A share must survive being kept as a number in a store, or floors would drift."""
    share = _number(value, name, most=1)
    if Decimal(str(float(share))) != share:
        raise InvalidPolicy(f"{name} : {value} a trop de chiffres (15 au plus).")
    return share


def _weights(data: object) -> Weights:
    if not isinstance(data, Mapping):
        raise InvalidPolicy("weights : une table est attendue.")
    _only(data, COMPONENTS, "weights.")
    for name in COMPONENTS:
        if name not in data:
            raise InvalidPolicy(f"weights.{name} : poids absent (les cinq sont à donner).")
    weights = {name: float(_number(data[name], f"weights.{name}")) for name in COMPONENTS}
    if abs(fsum(weights.values()) - 1) > _SUM_TOLERANCE:
        raise InvalidPolicy(f"weights : la somme fait {fsum(weights.values()):.6g}, pas 1.")
    return Weights(**weights)


def _floors(data: object) -> tuple[Floor, ...]:
    if not isinstance(data, list):
        raise InvalidPolicy("floors : une liste de tables [[floors]] est attendue.")
    floors = tuple(_floor(entry, f"floors[{rank}]") for rank, entry in enumerate(data, start=1))
    publics = [floor.public for floor in floors]
    for public in publics:
        if publics.count(public) > 1:
            raise InvalidPolicy(f"floors : le public « {public} » a deux planchers.")
    return floors


def _floor(data: object, where: str) -> Floor:
    if not isinstance(data, Mapping):
        raise InvalidPolicy(f"{where} : une table est attendue.")
    _only(data, ("public", "share"), f"{where}.")
    for key in ("public", "share"):
        if key not in data:
            raise InvalidPolicy(f"{where}.{key} : clé absente.")
    if data["public"] not in PUBLICS:
        raise InvalidPolicy(f"{where}.public : public inconnu (attendu : {', '.join(PUBLICS)}).")
    return Floor(data["public"], _share(data["share"], f"{where}.share"))
