"""When "we have stopped" ends a pair before its term."""

from services.followup.domain.questions import STOPPED, Reply


def has_stopped(mentee: Reply | None, mentor: Reply | None, *, deadline_passed: bool) -> bool:
    """Whether a pair is over by what its two said at month 1 or 2.

    One word is enough to call a human, not to part two people: a tap can slip. It takes the word
    of both, or of one whom the other, asked the same, did not contradict in time.
    """
    answers = {reply.answer for reply in (mentee, mentor) if reply}
    heard_both = mentee is not None and mentor is not None
    return answers == {STOPPED} and (heard_both or deadline_passed)
