"""How a term ends: renewed or over. The one decision of a term, whatever the order of answers.

A new term needs both. One "close" or one "longer" (go on without the programme) ends it at once.
Whoever wants to go on while the other stays silent past the deadline is not renewed either: nobody
is kept in a term by silence, and a volunteer's place is scarce; `jobs.terms` has a human call them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.followup.domain.questions import Reply

Reason = Literal["completed", "not_going_well", "silent"]


@dataclass(frozen=True)
class Renewed:
    """Both want three more months."""


@dataclass(frozen=True)
class Ended:
    """The pair is over, and why."""

    reason: Reason


Decision = Renewed | Ended


def decide(
    mentee: Reply | None, mentor: Reply | None, *, deadline_passed: bool, any_reply: bool
) -> Decision | None:
    """What the replies of month 3 mean together; None while it is too early to tell.

    `any_reply`: whether anybody answered anything in the whole term.
    """
    replies = [reply for reply in (mentee, mentor) if reply]
    wishes = [reply.answer for reply in replies]
    if wishes == ["renew", "renew"]:
        return Renewed()
    if "close" in wishes or "longer" in wishes or deadline_passed:
        return Ended(_reason(replies, any_reply))
    return None


def _reason(replies: Sequence[Reply], any_reply: bool) -> Reason:
    if any(reply.needs_attention for reply in replies):
        return "not_going_well"
    return "completed" if any_reply or replies else "silent"
