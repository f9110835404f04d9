"""What can be answered, and what is no answer."""

import pytest

from services.followup.domain.questions import Kind, Reply, choices, question_of, read_reply

KINDS: tuple[Kind, ...] = ("first_meeting", "month_1", "month_2", "month_3")


@pytest.mark.parametrize("over", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_everything_offered_is_understood(kind: Kind, over: bool) -> None:
    for answer in choices(kind, over):
        reply = read_reply(kind, answer, None)
        assert reply is not None
        assert reply.answer == answer


@pytest.mark.parametrize("kind", ["month_1", "month_2", "month_3"])
def test_a_pair_that_is_over_is_only_asked_how_it_was(kind: Kind) -> None:
    assert choices(kind, over=True) == ("well", "could_be_better", "not_well")


@pytest.mark.parametrize(
    ("kind", "answer", "mood"),
    [
        ("first_meeting", "well", None),
        ("first_meeting", "", None),
        ("month_1", "renew", None),
        ("month_2", "yes", None),
        ("month_3", "stopped", None),
        ("month_3", "renew", "stopped"),
        ("month_3", "renew", "anything"),
        ("month_3", "", "well"),
    ],
)
def test_anything_else_is_no_answer(kind: Kind, answer: str, mood: str | None) -> None:
    assert read_reply(kind, answer, mood) is None


@pytest.mark.parametrize(
    ("reply", "troubled"),
    [
        (Reply("not_well", "not_well"), True),
        (Reply("stopped", "stopped"), True),
        (Reply("renew", "not_well"), True),
        (Reply("close"), False),
        (Reply("could_be_better", "could_be_better"), False),
        (Reply("not_yet"), False),
    ],
)
def test_what_raises_an_alert(reply: Reply, troubled: bool) -> None:
    assert reply.needs_attention is troubled


def test_a_mood_beside_another_answer_changes_nothing() -> None:
    assert read_reply("month_1", "well", "not_well") == Reply("well", "well")
    assert read_reply("first_meeting", "yes", "not_well") == Reply("yes")


def test_months_have_their_question() -> None:
    assert [question_of(month) for month in (1, 2, 3)] == ["month_1", "month_2", "month_3"]
    with pytest.raises(KeyError):
        question_of(4)
