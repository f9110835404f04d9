"""Events that matching publishes: pairs on their way, and why a request still waits."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.codes import AssociationCode
from shared.contracts.events.base import Event, PairEvent
from shared.contracts.explained import Gate, MostOpening
from shared.contracts.types import Side


class RequestExplained(Event):
    """Why a request has no mentor yet, as a round found it; published when the reason changes.

    `gate`: nobody is permitted, `gate` stops most (None: there is no mentor). `taken`: `permitted`
    mentors would do, all taken by the round.
    """

    topic: ClassVar[str] = "request.explained"
    aggregate_id_field: ClassVar[str] = "request_id"

    request_id: UUID
    round_id: UUID | None = None
    """None: no round is held while no mentor has a place."""
    kind: Literal["gate", "taken"]
    gate: Gate | None = None
    permitted: int = Field(ge=0)
    opens_most: MostOpening | None = None
    explained_at: AwareDatetime


class PairProposed(PairEvent):
    """A verified round puts two people together, or what it left open and somebody who came later,
    or an establishment chose (`round_id` is then its selection's id).

    Components are raw, each in [0, 1]; the score is their sum, weighted by the round's policy.
    """

    topic: ClassVar[str] = "pair.proposed"

    round_id: UUID
    score: float = Field(ge=0)
    components: dict[str, float]
    answer_until: date | None = None
    """Both are asked first, and this is the last day to answer; None: introduced without asking."""


class PairConfirmed(PairEvent):
    """The pair stands: both accepted, or its programme introduces without asking."""

    topic: ClassVar[str] = "pair.confirmed"


class PairReleased(PairEvent):
    """A pair that was proposed will not be: one side declined, or did not answer in time. Both
    wait again where they stood; these two are not put together again."""

    topic: ClassVar[str] = "pair.released"

    reason: Literal["declined", "unanswered"]
    accepted_by: Side | None = None
    """The side that had said yes and is owed a word; None: nobody had."""


class PairUndone(PairEvent):
    """A pair that stood is undone, however far it had come, and the mentor's place is free.
    These two are not put together again. Where its request goes on, it waits where it stood."""

    topic: ClassVar[str] = "pair.undone"

    reason: Literal["withdrawn", "not_introduced", "mentor_left", "clearance_ended"]
    """`withdrawn`: its request was (`request.withdrawn`), and waits no more."""
    accepted_by: Side | None = None
    """The side that had said yes before an introduction and is owed a word; None: nobody had."""
    introduced: bool = False
    """True: the two had been brought together, so an engagement of theirs ends with this."""
    tell: tuple[Side, ...] = ()
    """The sides that are told of it, in the words of the reason."""


class PairPaused(PairEvent):
    """A pair that may not go on as it is: its contact pauses at once, and a human of the
    association decides how it goes on."""

    topic: ClassVar[str] = "pair.paused"

    reason: Literal["clearance_ended", "guardian_first"] = "clearance_ended"
    """A minor's mentor is no longer cleared, or the mentor is a minor whose guardian comes
    first."""

    paused_at: AwareDatetime | None = None
    """By which the end of this pause knows it again, whichever comes first."""
    ends_at: AwareDatetime | None = None
    """When the pair is undone, unless the reason is gone before."""


class PairResumed(PairEvent):
    """Nothing stands in the way of a paused pair any more: they may be in touch."""

    topic: ClassVar[str] = "pair.resumed"

    paused_at: AwareDatetime | None = None
    """Since when the pause lasted that is over now."""


class AnswerAsked(Event):
    """One side of a proposed pair is asked for a yes or a no; the link is made of `answer_id`."""

    topic: ClassVar[str] = "answer.asked"
    aggregate_id_field: ClassVar[str] = "answer_id"

    answer_id: UUID
    pair_id: UUID
    association: AssociationCode
    side: Side
    person_id: UUID
    last_day: date
    """To the end of which an answer counts."""
    reminder: bool = False
    """True: asked before, and silent so far. There is one reminder."""
