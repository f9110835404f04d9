"""From plain data back to a certificate: exactly the stated form, or refused by name."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.matching.domain.certificate import (
    FORMAT,
    Certificate,
    FloorProof,
    NamedDuals,
    PairsProof,
    ProvedBy,
    ScoreProof,
)
from services.matching.gateways.plain_data import read_as
from shared.contracts.calendar import FIRST_YEAR, LAST_YEAR, is_plausible


def certificate_from(data: Any) -> Certificate:
    """The certificate in plain data (parsed JSON). Raises NotAsStated."""
    return read_as(_Certificate, data).certificate()


def _check_format(written: str) -> str:
    if written != FORMAT:
        raise PydanticCustomError("format", f"« {FORMAT} » est attendu")
    return written


def _read_day(written: Any) -> date:
    try:
        day = date.fromisoformat(written)
    except (TypeError, ValueError):
        raise PydanticCustomError("day", "une date est attendue (2026-01-15)") from None
    if not is_plausible(day):
        raise PydanticCustomError("year", f"l'année va de {FIRST_YEAR} à {LAST_YEAR}")
    return day


Figure = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Prices = dict[str, Annotated[Figure, Field(gt=0)]]
"""Name → price; a price of 0 or less has no place there."""


class _Data(BaseModel):
    """Every key is expected, and no other; every value is of its kind."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _CapPrices(_Data):
    mentors: Prices
    associations: Prices

    def duals(self) -> NamedDuals:
        return NamedDuals(**self.model_dump())


class _PairPrices(_CapPrices):
    pairs: Figure


class _AllPrices(_PairPrices):
    floors: Prices


class _PairsStage(_Data):
    value: Count
    bound: Figure
    prices: _CapPrices

    def proof(self) -> PairsProof:
        return PairsProof(self.value, self.bound, self.prices.duals())


class _FloorStage(_Data):
    public: str
    share: Figure
    wanted: Count
    value: Count
    served: Count
    bound: Figure | None = None
    prices: _AllPrices | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "_FloorStage":
        if (self.bound is None) != (self.prices is None):
            raise PydanticCustomError("whole", "bound et prices vont ensemble")
        return self

    def proof(self) -> FloorProof:
        return FloorProof(
            public=self.public,
            share=Decimal(str(self.share)),
            wanted=self.wanted,
            value=self.value,
            served=self.served,
            bound=self.bound,
            prices=self.prices.duals() if self.prices else None,
        )


class _FreeScoreStage(_Data):
    """The best score without floors."""

    value: Figure
    bound: Figure
    gap: Figure
    prices: _PairPrices

    def proof(self, proved_by: ProvedBy = "prices") -> ScoreProof:
        return ScoreProof(self.value, self.bound, self.gap, self.prices.duals(), proved_by)


class _ScoreStage(_FreeScoreStage):
    prices: _AllPrices
    proved_by: ProvedBy


class _Certificate(_Data):
    format: Annotated[str, AfterValidator(_check_format)]
    at: Annotated[date, BeforeValidator(_read_day)]
    policy_version: str
    inputs_sha256: str
    policy_sha256: str
    most_pairs: _PairsStage | None
    floors: list[_FloorStage] | None
    score: _ScoreStage
    without_floors: _FreeScoreStage | None
    price_of_fairness: Figure | None

    def certificate(self) -> Certificate:
        floors = self.floors
        return Certificate(
            at=self.at,
            policy_version=self.policy_version,
            inputs_sha256=self.inputs_sha256,
            policy_sha256=self.policy_sha256,
            most_pairs=self.most_pairs.proof() if self.most_pairs else None,
            floors=None if floors is None else tuple(stage.proof() for stage in floors),
            score=self.score.proof(self.score.proved_by),
            without_floors=self.without_floors.proof() if self.without_floors else None,
            price_of_fairness=self.price_of_fairness,
        )
