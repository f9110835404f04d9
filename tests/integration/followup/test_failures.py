"""A message that did not arrive: done, repeated, refused."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.events import AlertRaised, MessageFailed, PairIntroduced
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from tests.integration.followup.pair import ASSOCIATION, Pair, introduction
from tests.support.service_harness import ServiceHarness


def failure(concerns: UUID, **more: Any) -> MessageFailed:
    defaults: dict[str, Any] = {
        "message_id": uuid4(),
        "template": "checkin_month",
        "channel": "mail",
        "recipient": "mentor",
        "person": str(uuid4()),
        "state": "permanent-failure",
    }
    return MessageFailed(concerns=concerns, **(defaults | more))


async def alerts(harness: ServiceHarness) -> list[tuple[str | None, bool]]:
    rows = await harness.pool.fetch(
        "SELECT association, engagement_id IS NOT NULL AS paired FROM alerts"
        " WHERE reason = 'message_failed' ORDER BY raised_at"
    )
    return [(row["association"], row["paired"]) for row in rows]


async def test_about_a_pair_calls_its_association(pair: Pair) -> None:
    await pair.harness.handle(failure(pair.event.pair_id))

    [alert] = await pair.take_events()

    assert isinstance(alert, AlertRaised)
    assert (alert.association, alert.pair_id, alert.reason) == (
        ASSOCIATION,
        pair.event.pair_id,
        "message_failed",
    )
    assert await alerts(pair.harness) == [(ASSOCIATION, True)]


async def test_about_a_check_in_calls_the_association_of_its_pair(pair: Pair) -> None:
    await pair.days(7)

    await pair.harness.handle(failure(pair.find_question("first_meeting", "mentor").checkin_id))

    [alert] = await pair.take_events()
    assert isinstance(alert, AlertRaised)
    assert alert.pair_id == pair.event.pair_id


async def test_repeated_and_for_the_same_message_only_once(pair: Pair) -> None:
    event, event_id = failure(pair.event.pair_id), uuid4()
    await pair.harness.handle(event, event_id)

    assert await pair.harness.handle(event, event_id) is False
    await pair.harness.handle(event)

    assert len(await pair.take_events()) == 1
    assert len(await alerts(pair.harness)) == 1


async def test_one_open_alert_per_pair(pair: Pair) -> None:
    await pair.harness.handle(failure(pair.event.pair_id))
    await pair.harness.handle(failure(pair.event.pair_id))

    assert len(await pair.take_events()) == 1


async def test_a_failure_about_an_unknown_person_alerts_the_head_once(
    followup: ServiceHarness,
) -> None:
    event = failure(uuid4(), template="mentee_registered", recipient="mentee")

    await followup.handle(event)
    await followup.handle(event)

    [alert] = await followup.take_events()
    assert isinstance(alert, AlertRaised)
    assert (alert.association, alert.pair_id) == (NETWORK_HEAD, None)
    assert await alerts(followup) == [(NETWORK_HEAD, False)]


async def test_of_an_introduction_calls_the_association_it_names(followup: ServiceHarness) -> None:
    pair_id = uuid4()

    await followup.handle(
        failure(pair_id, template="pair_introduced_mentee", association="pas_a_pas")
    )
    assert await followup.take_events() == [], "introduction.failed covers it"
    await followup.handle(
        failure(
            pair_id, template="pair_introduced_mentee", association="pas_a_pas", state="unknown"
        )
    )

    [alert] = await followup.take_events()
    assert isinstance(alert, AlertRaised)
    assert (alert.association, alert.pair_id) == ("pas_a_pas", None)


@pytest.mark.parametrize("is_ours", [True, False])
async def test_to_the_coordinator_waits_in_the_queue_without_another_message(
    followup: ServiceHarness, is_ours: bool
) -> None:
    event: PairIntroduced = introduction()
    await followup.handle(event)

    await followup.handle(
        failure(
            event.pair_id if is_ours else uuid4(),
            template="alert_raised",
            recipient="coordinator",
            person=ASSOCIATION,
        )
    )

    assert await followup.take_events() == []
    assert await alerts(followup) == [(ASSOCIATION, is_ours)]
