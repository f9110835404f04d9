"""A proposition: two people whom a round would put together are asked for their yes, each by a
link of their own, until a deadline. It stands when both accept, and is over when one declines."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from shared.contracts.types import PARIS, Side

Answer = Literal["accepted", "declined"]
State = Literal["open", "accepted", "declined", "unanswered", "withdrawn"]
View = Literal["asked", "waiting", "agreed", "declined", "over"]
"""What somebody finds behind their link: the question, their yes noted, both yes, their no noted,
or that it is over without them."""

SIDES: tuple[Side, ...] = get_args(Side)
REASONS = ("no_time", "slots", "too_far", "not_a_fit", "other")
"""Why somebody declines, where they want to say."""

NIGHT_OVER_AT = 6
"""At six o'clock in Paris the day before is over in every département, the Antilles' too."""
SHOWN_AFTERWARDS = timedelta(days=30)
EARLIEST_REMINDER = 3


@dataclass(frozen=True)
class Term:
    """When a proposition is asked and reminded of, until when it is answered (`last_day`, as
    people are told, and the moment it is over), and how long its links say what became of it."""

    asked_at: datetime
    remind_at: datetime
    last_day: date
    answer_by: datetime
    shown_to: datetime


def term_of(asked_at: datetime, days: int) -> Term:
    """`days` days to answer, the last one whole; one reminder half way, never before the third."""
    last_day = asked_at.astimezone(PARIS).date() + timedelta(days=days)
    next_day = last_day + timedelta(days=1)
    over = datetime(next_day.year, next_day.month, next_day.day, NIGHT_OVER_AT, tzinfo=PARIS)
    pause = timedelta(days=max(EARLIEST_REMINDER, (days + 1) // 2))
    return Term(asked_at, asked_at + pause, last_day, over, over + SHOWN_AFTERWARDS)


@dataclass(frozen=True)
class Standing:
    """How a proposition stands for one side: its `own` answer and the `other` side's."""

    state: State
    answer_by: datetime
    own: Answer | None
    other: Answer | None

    def open_at(self, now: datetime) -> bool:
        """Whether an answer still counts; its end may not be written down yet."""
        return self.state == "open" and now < self.answer_by

    def view(self, now: datetime) -> View:
        """What this side is shown. Nobody learns what the other side said, but that both agree."""
        if self.state == "accepted":
            return "agreed"
        if self.own == "declined":
            return "declined"
        if not self.open_at(now):
            return "over"
        return "waiting" if self.own else "asked"


def outcome(standing: Standing, answer: Answer, now: datetime) -> State | None:
    """The state that this side's answer brings about; None: it changes nothing.

    A yes may still become a no while the other side is silent; nothing follows a no.
    """
    if not standing.open_at(now) or standing.own == answer:
        return None
    if answer == "declined":
        return "declined"
    return "accepted" if standing.other == "accepted" else "open"
