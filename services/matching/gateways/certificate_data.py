"""From plain data back to a certificate: exactly the stated form, or refused by name."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from services.matching.domain.certificate import (
    FORMAT,
    Certificate,
    FloorProof,
    NamedDuals,
    PairsProof,
    ProvedBy,
    ScoreProof,
)
from services.matching.gateways.plain_data import NotAsStated, Part
from shared.contracts.calendar import FIRST_YEAR, LAST_YEAR, is_plausible

_KEYS = (
    "format",
    "at",
    "policy_version",
    "inputs_sha256",
    "policy_sha256",
    "most_pairs",
    "floors",
    "score",
    "without_floors",
    "price_of_fairness",
)
_COUNTED = ("public", "share", "wanted", "value", "served")
_SCORED = ("value", "bound", "gap", "prices")
_CAPS = ("mentors", "associations")
_PROOFS: Mapping[str, ProvedBy] = {
    "prices": "prices",
    "branch_and_bound": "branch_and_bound",
}


def certificate_from(data: Any) -> Certificate:
    """The certificate in plain data (parsed JSON). Raises NotAsStated."""
    whole = Part(data, "", _KEYS)
    if whole.text("format") != FORMAT:
        raise NotAsStated(f"format : « {FORMAT} » est attendu.")
    pairs, floors, without = map(whole.raw, ("most_pairs", "floors", "without_floors"))
    price = None if whole.raw("price_of_fairness") is None else whole.figure("price_of_fairness")
    return Certificate(
        at=_day(whole.text("at")),
        policy_version=whole.text("policy_version"),
        inputs_sha256=whole.text("inputs_sha256"),
        policy_sha256=whole.text("policy_sha256"),
        most_pairs=None if pairs is None else _pairs(pairs),
        floors=None if floors is None else _floors(floors),
        score=_score(whole.raw("score")),
        without_floors=None if without is None else _without(without),
        price_of_fairness=price,
    )


def _day(written: str) -> date:
    try:
        at = date.fromisoformat(written)
    except ValueError:
        raise NotAsStated("at : une date est attendue (2026-01-15).") from None
    if not is_plausible(at):
        raise NotAsStated(f"at : l'année va de {FIRST_YEAR} à {LAST_YEAR}.")
    return at


def _pairs(data: Any) -> PairsProof:
    stage = Part(data, "most_pairs", ("value", "bound", "prices"))
    prices = _prices(stage.raw("prices"), "most_pairs.prices", _CAPS)
    return PairsProof(stage.count("value"), stage.figure("bound"), prices)


def _floors(data: Any) -> tuple[FloorProof, ...]:
    if not isinstance(data, list):
        raise NotAsStated("floors : une liste est attendue.")
    return tuple(_floor(stage, f"floors[{rank}]") for rank, stage in enumerate(data, start=1))


def _floor(data: Any, place: str) -> FloorProof:
    proved = isinstance(data, Mapping) and ("bound" in data or "prices" in data)
    stage = Part(data, place, (*_COUNTED, "bound", "prices") if proved else _COUNTED)
    prices = _all_prices(stage) if proved else None
    return FloorProof(
        public=stage.text("public"),
        share=Decimal(str(stage.figure("share"))),
        wanted=stage.count("wanted"),
        value=stage.count("value"),
        served=stage.count("served"),
        bound=stage.figure("bound") if proved else None,
        prices=prices,
    )


def _score(data: Any) -> ScoreProof:
    stage = Part(data, "score", (*_SCORED, "proved_by"))
    proved_by = _PROOFS.get(stage.text("proved_by"))
    if proved_by is None:
        raise NotAsStated("score.proved_by : « prices » ou « branch_and_bound » attendu.")
    return _proof(stage, _all_prices(stage), proved_by)


def _without(data: Any) -> ScoreProof:
    stage = Part(data, "without_floors", _SCORED)
    prices = _prices(stage.raw("prices"), stage.where("prices"), (*_CAPS, "pairs"))
    return _proof(stage, prices, "prices")


def _proof(stage: Part, prices: NamedDuals, proved_by: ProvedBy) -> ScoreProof:
    value, bound, gap = map(stage.figure, ("value", "bound", "gap"))
    return ScoreProof(value, bound, gap, prices, proved_by)


def _all_prices(stage: Part) -> NamedDuals:
    return _prices(stage.raw("prices"), stage.where("prices"), (*_CAPS, "floors", "pairs"))


def _prices(data: Any, place: str, keys: tuple[str, ...]) -> NamedDuals:
    part = Part(data, place, keys)
    return NamedDuals(
        mentors=part.prices("mentors"),
        associations=part.prices("associations"),
        floors=part.prices("floors") if "floors" in keys else {},
        pairs=part.figure("pairs") if "pairs" in keys else 0.0,
    )
