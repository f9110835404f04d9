"""For each topic: what the producer's own code states, read from its outbox, is handed to every
service that subscribes to it."""

from typing import Any

import pytest

from shared.contracts.events import EVENTS
from tests.integration.contract.network import Network
from tests.integration.contract.scenarios import SCENARIOS, told_by_nobody
from tests.integration.notification.mail_server import MailServer
from tests.integration.owners import count_unowned


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_what_one_service_states_the_others_take(
    network: Network, mail: MailServer, scenario: Any
) -> None:
    await scenario(network, mail)
    stated = {event.topic for event in network.stated}
    assert set(SCENARIOS[scenario]) <= stated
    for name, harness in network.harnesses.items():
        asked = {kind.topic for kind in harness.service.subscribes}
        assert {topic for other, topic in network.deliveries if other == name} == asked & stated
        assert await count_unowned(harness) == {}, name


def test_every_topic_has_a_scenario() -> None:
    """A new event needs somebody who states it here, by the code that states it elsewhere."""
    assert told_by_nobody(EVENTS) == set()


def test_a_topic_without_a_scenario_is_named() -> None:
    forgotten = {"pair.forgotten": next(iter(EVENTS.values()))}
    assert told_by_nobody(EVENTS | forgotten) == {"pair.forgotten"}
