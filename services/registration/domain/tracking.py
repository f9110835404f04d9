"""Where a request stands, as steps: what is done and when, what is happening, what comes.

No step ever names a day to come: a promised wait that proves wrong is worse than none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

State = Literal["done", "now", "todo"]


@dataclass(frozen=True)
class Step:
    """One line of the tracking page; the words for `kind` stand in the template."""

    kind: str
    at: datetime | None = None
    state: State = "todo"


@dataclass(frozen=True)
class PairStages:
    """How far a pair has come; None: not yet, or not known yet. `asked_until`: both are asked for
    their yes first, to the end of that day."""

    proposed: datetime | None = None
    introduced: datetime | None = None
    met: datetime | None = None
    renewed: datetime | None = None
    term: int = 1
    ended: datetime | None = None
    end_reason: str | None = None
    asked_until: date | None = None
    agreed: datetime | None = None


@dataclass(frozen=True)
class RequestStages:
    """How far a request has come before there is a pair. `state` as in the store."""

    state: str
    registered: datetime
    acknowledged: datetime | None = None
    asked_guardian: bool = False
    consented: datetime | None = None
    routed: datetime | None = None
    confirmed: datetime | None = None


STOPPED = (
    "consent_expired",
    "consent_refused",
    "consent_withdrawn",
    "withdrawn",
    "erased",
    "duplicate",
)
"""States of a request that is over without having come to its end."""
_WAITS_AT = {"awaiting_consent": "consented", "unrouted": "routed"}
"""Where a request stands still although an earlier message may not have left yet."""


def steps_of_request(request: RequestStages, pair: PairStages | None) -> list[Step]:
    """The steps of a young person's request, the current one marked `now`."""
    steps = [Step("registered", request.registered), Step("acknowledged", request.acknowledged)]
    if request.state in STOPPED:
        return [*_complete_steps(steps, "over"), Step(request.state, state="now")]
    if request.asked_guardian:
        steps.append(Step("consented", request.consented))
    steps += [Step("routed", request.routed), Step("confirmed", request.confirmed)]
    if request.state == "guardian_check":
        steps.append(Step("guardian_seen"))
    return _complete_steps(
        [*steps, *_steps_of_pair(pair or PairStages())], _WAITS_AT.get(request.state)
    )


def steps_of_mentor(
    registered: datetime,
    acknowledged: datetime | None,
    pair: PairStages | None,
    *,
    awaits_guardian: bool = False,
) -> list[Step]:
    """The steps of a mentor, from the form to the end of a term."""
    steps = [Step("registered", registered), Step("acknowledged", acknowledged)]
    if awaits_guardian:
        steps.append(Step("guardian_seen"))
    waits_at = "guardian_seen" if awaits_guardian else None
    return _complete_steps([*steps, *_steps_of_pair(pair or PairStages())], waits_at)


def _steps_of_pair(pair: PairStages) -> list[Step]:
    steps = [Step("proposed", pair.proposed)]
    if pair.asked_until:
        steps.append(Step("agreed", pair.agreed))
    steps += [Step("introduced", pair.introduced), Step("met", pair.met)]
    if pair.renewed:
        steps.append(Step("renewed", pair.renewed))
    return [*steps, Step("ended", pair.ended)]


def _complete_steps(steps: Sequence[Step], waits_at: str | None = None) -> list[Step]:
    """Every step before a dated one is done, dated or not: events may arrive in any order."""
    reached = max((i for i, step in enumerate(steps) if step.at), default=-1)
    if waits_at:
        kinds = [step.kind for step in steps]
        reached = kinds.index(waits_at) - 1 if waits_at in kinds else len(kinds)
    return [replace(step, state=_state(i, reached)) for i, step in enumerate(steps)]


def _state(place: int, reached: int) -> State:
    if place <= reached:
        return "done"
    return "now" if place == reached + 1 else "todo"
