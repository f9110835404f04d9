"""An event only gains optional fields; every other change of its schema is named."""

from typing import Literal

import pytest
from pydantic import BaseModel, Field

from shared.contracts.compatibility import breaks


class Place(BaseModel):
    department: str
    commune: str | None = None


class Before(BaseModel):
    request_id: str
    lang: Literal["fr", "en"] = "fr"
    score: float = Field(ge=0)
    needs: tuple[str, ...]
    components: dict[str, float]
    place: Place


class WithMore(Before):
    """Other words, and one more field that may be absent."""

    campaign: str | None = None


class MorePlace(Place):
    remote: bool = True


class WithMoreInside(Before):
    place: MorePlace


def _find_breaks(after: type[BaseModel]) -> list[str]:
    return breaks(Before.model_json_schema(), after.model_json_schema())


class WithMoreWords(Before):
    lang: Literal["fr", "en", "de"] = "fr"  # type: ignore[assignment]  # wider, which is the case


@pytest.mark.parametrize("after", [Before, WithMore, WithMoreInside, WithMoreWords])
def test_optional_fields_and_words_of_a_closed_list_may_be_added(after: type[BaseModel]) -> None:
    assert _find_breaks(after) == []


def _change(**fields: object) -> type[BaseModel]:
    wanted = {**Before.__annotations__, **fields}
    kept = {name: kind for name, kind in wanted.items() if kind is not None}
    defaults = {"lang": "fr"} if "lang" in kept and "lang" not in fields else {}
    body = {"__annotations__": kept, "__module__": __name__, **defaults}
    if "score" not in fields:
        body["score"] = Field(ge=0)
    return type("Before", (BaseModel,), body)


class BarePlace(BaseModel):
    department: int


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"request_id": None}, "request_id was taken away"),
        ({"since": str}, "since became required"),
        ({"lang": Literal["fr", "en"]}, "lang became required"),
        ({"request_id": int}, "request_id changed its type or its limits"),
        ({"score": float}, "score changed its type or its limits"),
        ({"lang": Literal["fr", "de"]}, "lang changed its type or its limits"),
        ({"lang": Literal["fr"]}, "lang changed its type or its limits"),
        ({"lang": str}, "lang changed its type or its limits"),
        ({"needs": tuple[int, ...]}, "needs[] changed its type or its limits"),
        ({"needs": str}, "needs[] changed what it holds"),
        ({"components": dict[str, str]}, "components[] changed its type or its limits"),
        ({"request_id": str | None}, "request_id changed what it may be"),
        ({"place": BarePlace}, "place.department changed its type or its limits"),
        ({"place": BarePlace}, "place.commune was taken away"),
    ],
)
def test_every_other_change_breaks_somebody(fields: dict[str, object], sentence: str) -> None:
    assert sentence in _find_breaks(_change(**fields))


class Relaxed(BaseModel):
    request_id: str | None = None


def test_a_field_that_may_now_be_absent_breaks_its_readers() -> None:
    class Strict(BaseModel):
        request_id: str

    assert "request_id became optional" in breaks(
        Strict.model_json_schema(), Relaxed.model_json_schema()
    )
