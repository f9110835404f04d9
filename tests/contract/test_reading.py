"""An event may name a code that has left its vocabulary: it is read, yet never published again."""

import json

import pytest
from pydantic import ValidationError

from shared.contracts.codes import READING
from shared.contracts.events import EVENTS, Event
from shared.contracts.samples import golden
from shared.messaging.envelope import InvalidMessage, read_event

OF_AN_ASSOCIATION = [topic for topic, kind in EVENTS.items() if "association" in kind.model_fields]


@pytest.mark.parametrize("topic", OF_AN_ASSOCIATION)
def test_an_event_of_a_closed_association_is_read_and_cannot_be_published(topic: str) -> None:
    body = golden(topic).body | {"association": "closed_club"}
    event = read_event(EVENTS[topic], json.dumps(body).encode())
    assert getattr(event, "association") == "closed_club"  # noqa: B009 - a field of some events
    with pytest.raises(ValidationError):
        EVENTS[topic].model_validate(body)


@pytest.mark.parametrize("topic", OF_AN_ASSOCIATION)
@pytest.mark.parametrize("code", ["", "closed club", "c" * 41, "a@exemple.example", 7])
def test_what_has_not_the_form_of_a_code_is_not_read(topic: str, code: object) -> None:
    body = golden(topic).body | {"association": code}
    with pytest.raises(InvalidMessage):
        read_event(EVENTS[topic], json.dumps(body).encode())


@pytest.mark.parametrize(
    ("topic", "field", "value"),
    [
        ("request.confirmed", "needs", ["gone_need"]),
        ("request.confirmed", "slots", ["gone_slot"]),
        ("request.confirmed", "level", "gone_level"),
        ("request.confirmed", "department", "999"),
        ("request.confirmed", "publics", ["gone_public"]),
        ("mentor.registered", "offers", ["gone_need"]),
        ("mentor.registered", "levels", ["gone_level"]),
        ("mentor.registered", "sectors", ["gone_sector"]),
    ],
)
def test_criteria_with_a_code_that_is_gone_are_read(topic: str, field: str, value: object) -> None:
    body = golden(topic).body
    changed = body | {"criteria": body["criteria"] | {field: value}}
    kind: type[Event] = EVENTS[topic]
    assert kind.model_validate(changed, context=READING)
    with pytest.raises(ValidationError):
        kind.model_validate(changed)
