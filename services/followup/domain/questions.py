"""What is asked, what can be answered in one tap, and what an answer says."""

from dataclasses import dataclass
from typing import Literal

from shared.contracts.types import Side

Kind = Literal["first_meeting", "month_1", "month_2", "month_3"]
SIDES: tuple[Side, ...] = ("mentee", "mentor")

MEETING = ("yes", "not_yet")
FEELINGS = ("well", "could_be_better", "not_well")
STOPPED = "stopped"
"""A mood of months 1 and 2 beside the feelings: the two have stopped seeing each other."""
WISHES = ("renew", "longer", "close")
"""What to do after month 3: three more months, go on without the programme, or close."""

_MONTHS: dict[int, Kind] = {1: "month_1", 2: "month_2", 3: "month_3"}


@dataclass(frozen=True)
class Reply:
    """One side's answer. `mood` may stay unsaid at month 3, where `answer` is the wish."""

    answer: str
    mood: str | None = None

    @property
    def needs_attention(self) -> bool:
        """Whether a human of the association must call."""
        return self.mood in ("not_well", STOPPED)


def question_of(month: int) -> Kind:
    """Name of the question of month 1, 2 or 3. Raises KeyError for another month."""
    return _MONTHS[month]


def choices(kind: Kind, over: bool) -> tuple[str, ...]:
    """The answers offered. `over`: the pair has ended meanwhile, so only how it was is asked."""
    if kind == "first_meeting":
        return MEETING
    if over:
        return FEELINGS
    return WISHES if kind == "month_3" else (*FEELINGS, STOPPED)


def read_reply(kind: Kind, answer: str, mood: str | None) -> Reply | None:
    """The reply in what a browser sent; None when it is not an answer to this question.

    Both forms of a question are understood, for the pair may end while the page is open.
    """
    if answer not in (*choices(kind, over=False), *choices(kind, over=True)):
        return None
    if answer in WISHES:
        return Reply(answer, mood) if mood is None or mood in FEELINGS else None
    return Reply(answer) if kind == "first_meeting" else Reply(answer, mood=answer)
