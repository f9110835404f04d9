"""Where a request stands, whatever the order in which news arrive."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.registration.domain.tracking import (
    PairStages,
    RequestStages,
    Step,
    steps_of_mentor,
    steps_of_request,
)

DAY0 = datetime(2026, 1, 10, 9, tzinfo=UTC)


def day(n: int) -> datetime:
    return DAY0 + timedelta(days=n)


def states(steps: Iterable[Step]) -> dict[str, str]:
    return {step.kind: step.state for step in steps}


FRESH = RequestStages("routed", day(0), routed=day(0))
TAKEN = replace(FRESH, state="confirmed", acknowledged=day(0), confirmed=day(1))


def test_right_after_the_form() -> None:
    found = states(steps_of_request(FRESH, None))
    assert found["routed"] == "done"
    assert found["confirmed"] == "now"
    assert found["proposed"] == found["met"] == "todo"
    assert "consented" not in found, "of no interest to those of 15 and more"


def test_exactly_one_step_is_now() -> None:
    for request in (FRESH, TAKEN, RequestStages("placing", day(0))):
        assert list(states(steps_of_request(request, None)).values()).count("now") == 1


def test_a_child_waits_for_the_parent() -> None:
    child = RequestStages("awaiting_consent", day(0), acknowledged=day(0), asked_guardian=True)
    found = states(steps_of_request(child, None))
    assert found["consented"] == "now"
    assert found["routed"] == "todo"


def test_without_an_answer_of_the_parent_it_ends_there() -> None:
    child = RequestStages("consent_expired", day(0), asked_guardian=True)
    assert [step.kind for step in steps_of_request(child, None)][-1] == "consent_expired"


def test_nobody_fits_today() -> None:
    found = states(steps_of_request(RequestStages("unrouted", day(0), acknowledged=day(0)), None))
    assert found["routed"] == "now"


def test_news_of_a_meeting_before_the_introduction() -> None:
    found = states(steps_of_request(TAKEN, PairStages(met=day(9))))
    assert found["introduced"] == "done"
    assert found["met"] == "done"
    assert found["ended"] == "now"


def test_a_renewal_has_a_step_of_its_own() -> None:
    pair = PairStages(day(2), day(3), day(9), renewed=day(93), term=2)
    found = states(steps_of_request(TAKEN, pair))
    assert found["renewed"] == "done"
    assert found["ended"] == "now"


def test_at_the_end_everything_is_done() -> None:
    pair = PairStages(day(2), day(3), day(9), ended=day(93))
    assert set(states(steps_of_request(TAKEN, pair)).values()) == {"done"}


def test_a_mentor_waits_for_a_young_person() -> None:
    found = states(steps_of_mentor(day(0), day(0), None))
    assert found == {
        "registered": "done",
        "acknowledged": "done",
        "proposed": "now",
        "introduced": "todo",
        "met": "todo",
        "ended": "todo",
    }


def test_where_both_are_asked_there_is_a_step_for_it() -> None:
    asked = PairStages(day(2), asked_until=day(9).date())
    found = states(steps_of_request(TAKEN, asked))
    assert (found["proposed"], found["agreed"], found["introduced"]) == ("done", "now", "todo")
    agreed = states(steps_of_request(TAKEN, replace(asked, agreed=day(4))))
    assert (agreed["agreed"], agreed["introduced"]) == ("done", "now")
    assert "agreed" not in states(steps_of_mentor(day(0), day(0), PairStages(day(2))))
