"""What is counted of the mails of a group."""

import pytest

from deploy.bench.pipeline.load import Outcome, Received
from deploy.bench.pipeline.mails import Mail
from deploy.bench.pipeline.offers import Published
from deploy.bench.pipeline.plan import Plan
from deploy.bench.pipeline.row import Counted, Row, build_row
from deploy.bench.registrants import Group

FOUR = Group("run", 4)
CPU = {"registration": 0.4, "broker": 0.2, "publisher": 0.1, "sink": 0.3}
NONE: dict[str, str] = {}


def mail(number: int, at: float, template: str = "mentee_registered") -> Mail:
    return Mail(at, FOUR.address(number), f"<{template}-{number}@host>", template)


def row(*mails: Mail, mails_each: int = 1, undecidable: dict[str, str] = NONE) -> Row:
    received = Received(FOUR, mails_each)
    for one in mails:
        received.add(one)
    outcome = Outcome(Published([10.0, 10.5, 11.0, 11.5], 0.1, 0), received)
    return build_row("binome", Plan(4, mails=mails_each), outcome, Counted(CPU, undecidable))


def test_time_runs_from_each_publication_to_its_acknowledgement() -> None:
    found = row(*(mail(n, 12.0 + n) for n in range(4)))
    assert (found.p50_ms, found.p95_ms, found.p99_ms) == (2500, 3500, 3500)
    assert (found.seconds, found.rate) == (5, 0.8)
    assert (found.mails, found.duplicates, found.lost) == (4, 0, 0)


def test_a_repeated_mail_counts_once_and_is_reported() -> None:
    found = row(*(mail(n, 12.0) for n in range(4)), mail(2, 14.0))
    assert (found.mails, found.duplicates, found.lost) == (4, 1, 0)
    assert found.seconds == 2, "the second one is nobody's acknowledgement"


def test_who_got_no_acknowledgement_is_lost() -> None:
    found = row(mail(0, 12.0), mail(1, 12.0), mail(1, 12.5, "request_confirmed"), mails_each=2)
    assert (found.mails, found.lost) == (3, 2)


def test_what_the_service_names_as_undecidable_is_not_lost() -> None:
    named = {
        "mentee_registered-1": "mentee_registered",
        "mentee_registered-3": "mentee_registered",
        "request_confirmed-0": "request_confirmed",
    }
    found = row(mail(0, 12.0), mail(1, 12.0), mail(2, 12.0), undecidable=named)
    assert (found.lost, found.undecidable) == (0, 3)


def test_of_nothing_received_there_is_no_rate() -> None:
    found = row()
    assert (found.rate, found.p50_ms, found.seconds, found.lost) == (None, None, None, 4)


def test_mails_of_others_do_not_count() -> None:
    assert row(Mail(12.0, "coordination@pas-a-pas.example.org", "<1>", "request_routed")).mails == 0


def test_the_sum_leaves_out_what_belongs_to_the_benchmark() -> None:
    found = row()
    assert found.cpu_by_process == pytest.approx(
        {"registration": 100, "broker": 50, "publisher": 25, "sink": 75}
    )
    assert found.cpu_seconds_per_1000 == pytest.approx(150)


def test_mentors_are_spread_and_get_one_mail() -> None:
    group = Group("run", 10, mentors=0.2)
    assert [group.side(n) for n in range(10)].count("mentor") == 2
    assert Received(group, 2).expected == 18
