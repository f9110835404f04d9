"""What keeps a request waiting, as codes: the words belong to whoever shows it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Gate = Literal[
    "need",
    "slot",
    "language",
    "level",
    "place",
    "safety",
    "association",
    "avoid",
    "capacity",
    "min_score",
]


class MostOpening(BaseModel):
    """The one change of a request that would open most further mentors, and how many."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    change: str = Field(pattern=r"^(slot:[a-z_]{1,20}|language:[a-z]{2}|remote)$")
    mentors: int = Field(ge=1)
