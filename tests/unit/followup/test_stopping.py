"""One side's "stop" raises an alert, both sides' ends the pair."""

from itertools import product

import pytest

from services.followup.domain.questions import FEELINGS, STOPPED, Reply
from services.followup.domain.stopping import has_stopped

WELL, STOP = Reply("well", "well"), Reply(STOPPED, STOPPED)
MONTHLY = [None, *(Reply(mood, mood) for mood in (*FEELINGS, STOPPED))]


@pytest.mark.parametrize(
    ("mentee", "mentor", "deadline_passed", "expected"),
    [
        (STOP, STOP, False, True),
        (STOP, None, False, False),
        (None, STOP, False, False),
        (STOP, None, True, True),
        (None, STOP, True, True),
        (STOP, WELL, True, False),
        (WELL, STOP, False, False),
        (None, None, True, False),
        (WELL, None, True, False),
    ],
)
def test_is_over(
    mentee: Reply | None, mentor: Reply | None, deadline_passed: bool, expected: bool
) -> None:
    assert has_stopped(mentee, mentor, deadline_passed=deadline_passed) is expected


@pytest.mark.parametrize(("mentee", "mentor"), list(product(MONTHLY, MONTHLY)))
def test_neither_side_weighs_more(mentee: Reply | None, mentor: Reply | None) -> None:
    for late in (True, False):
        assert has_stopped(mentee, mentor, deadline_passed=late) is has_stopped(
            mentor, mentee, deadline_passed=late
        )
