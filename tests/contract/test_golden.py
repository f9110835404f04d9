"""Golden messages stay what the code reads and writes, field by field."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest

from shared.contracts import samples
from shared.contracts.events import EVENTS
from shared.contracts.samples import golden
from shared.contracts.schemas import load_schema
from shared.messaging.correlation import MessageContext
from shared.messaging.envelope import headers, read_event, read_message_context


@pytest.mark.parametrize("topic", EVENTS)
def test_a_golden_body_is_read_and_written_without_a_difference(topic: str) -> None:
    message = golden(topic)
    event = EVENTS[topic].model_validate(message.body)
    assert event.model_dump(mode="json") == message.body


@pytest.mark.parametrize("topic", EVENTS)
def test_golden_headers_are_those_that_the_runtime_writes(topic: str) -> None:
    message = golden(topic)
    event = read_event(EVENTS[topic], EVENTS[topic](**message.body).model_dump_json().encode())
    cause = MessageContext(
        UUID(message.headers["ce-causationid"]),
        read_message_context(message.headers).correlation_id,
    )
    source = message.headers["ce-source"].removeprefix("/binome/")
    time = datetime.fromisoformat(message.headers["ce-time"])
    assert headers(event, source, UUID(message.headers["ce-id"]), time, cause) == message.headers


@pytest.mark.parametrize("topic", EVENTS)
def test_a_golden_body_obeys_the_published_schema(topic: str) -> None:
    jsonschema.validate(golden(topic).body, load_schema(topic))


def test_no_golden_message_has_lost_its_event() -> None:
    folder = Path(samples.__file__).parent
    assert {file.name for file in folder.glob("*.json")} == {f"{topic}.v1.json" for topic in EVENTS}


def test_every_golden_message_has_an_id_of_its_own() -> None:
    ids = [golden(topic).headers["ce-id"] for topic in EVENTS]
    assert len(set(ids)) == len(EVENTS)
