"""Oldest and riskiest first, and none for ever at the bottom."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from services.followup.domain.urgency import HEAD_START, by_urgency
from shared.contracts.events import AlertRaised

TODAY = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Alert:
    reason: str
    raised_at: datetime


def ago(reason: str, days: float) -> Alert:
    return Alert(reason, TODAY - timedelta(days=days))


def test_of_equal_age_the_riskiest_comes_first() -> None:
    alerts = [ago(reason, 2) for reason in ("message_failed", "silent", "not_met")]

    order = by_urgency([*alerts, ago("not_going_well", 2)])

    assert [alert.reason for alert in order] == [
        "not_going_well",
        "not_met",
        "silent",
        "message_failed",
    ]


def test_of_equal_risk_the_oldest_comes_first() -> None:
    assert by_urgency([ago("silent", 1), ago("silent", 9)])[0] == ago("silent", 9)


def test_a_small_thing_that_waited_long_is_no_longer_small() -> None:
    forgotten, fresh = ago("message_failed", 40), ago("not_going_well", 1)

    assert by_urgency([fresh, forgotten]) == [forgotten, fresh]


def test_every_reason_has_its_place() -> None:
    assert set(HEAD_START) == set(get_args(AlertRaised.model_fields["reason"].annotation))
