"""The one decision of a term, over every pair of replies there is."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.followup.domain.questions import FEELINGS, WISHES, Reply
from services.followup.domain.renewal import Ended, Renewed, decide

EVERY_REPLY = [Reply(wish, mood) for wish, mood in product(WISHES, (None, *FEELINGS))]
replies = st.none() | st.sampled_from(EVERY_REPLY)

RENEW, LONGER, CLOSE = (Reply(wish) for wish in WISHES)


@pytest.mark.parametrize(
    ("mentee", "mentor", "deadline_passed", "any_reply", "expected"),
    [
        (None, None, False, False, None),
        (RENEW, None, False, True, None),
        (None, RENEW, False, True, None),
        (RENEW, RENEW, False, True, Renewed()),
        (RENEW, RENEW, True, True, Renewed()),
        (CLOSE, None, False, True, Ended("completed")),
        (None, CLOSE, False, True, Ended("completed")),
        (RENEW, CLOSE, False, True, Ended("completed")),
        (LONGER, None, False, True, Ended("completed")),
        (LONGER, RENEW, False, True, Ended("completed")),
        (LONGER, LONGER, False, True, Ended("completed")),
        (Reply("close", "not_well"), None, False, True, Ended("not_going_well")),
        (Reply("close", "not_well"), CLOSE, False, True, Ended("not_going_well")),
        (RENEW, None, True, True, Ended("completed")),
        (Reply("renew", "not_well"), None, True, True, Ended("not_going_well")),
        (Reply("renew", "not_well"), RENEW, False, True, Renewed()),
        (None, None, True, True, Ended("completed")),
        (None, None, True, False, Ended("silent")),
    ],
)
def test_decides(
    mentee: Reply | None,
    mentor: Reply | None,
    deadline_passed: bool,
    any_reply: bool,
    expected: Renewed | Ended | None,
) -> None:
    assert decide(mentee, mentor, deadline_passed=deadline_passed, any_reply=any_reply) == expected


@given(replies, replies, st.booleans(), st.booleans())
def test_neither_side_weighs_more(
    mentee: Reply | None, mentor: Reply | None, late: bool, any_reply: bool
) -> None:
    assert decide(mentee, mentor, deadline_passed=late, any_reply=any_reply) == decide(
        mentor, mentee, deadline_passed=late, any_reply=any_reply
    )


@given(replies, replies, st.booleans())
def test_every_term_comes_to_an_end(
    mentee: Reply | None, mentor: Reply | None, any_reply: bool
) -> None:
    assert decide(mentee, mentor, deadline_passed=True, any_reply=any_reply) is not None


@given(replies, replies, st.booleans())
def test_only_the_will_of_both_renews(
    mentee: Reply | None, mentor: Reply | None, late: bool
) -> None:
    renewed = decide(mentee, mentor, deadline_passed=late, any_reply=True) == Renewed()

    assert renewed == all(reply and reply.answer == "renew" for reply in (mentee, mentor))


@given(replies, replies)
def test_whatever_is_decided_early_the_deadline_does_not_turn_round(
    mentee: Reply | None, mentor: Reply | None
) -> None:
    early = decide(mentee, mentor, deadline_passed=False, any_reply=True)

    assert early is None or early == decide(mentee, mentor, deadline_passed=True, any_reply=True)


@given(st.sampled_from(EVERY_REPLY), replies)
def test_waits_only_while_the_missing_answer_can_matter(first: Reply, second: Reply | None) -> None:
    decided = decide(first, second, deadline_passed=False, any_reply=True)

    assert (decided is None) == (first.answer == "renew" and second is None)


@given(replies, replies)
def test_silence_is_a_reason_only_where_nobody_ever_answered(
    mentee: Reply | None, mentor: Reply | None
) -> None:
    for any_reply in (True, False):
        decided = decide(mentee, mentor, deadline_passed=True, any_reply=any_reply)
        silent = decided == Ended("silent")
        assert silent == (mentee is None and mentor is None and not any_reply)
