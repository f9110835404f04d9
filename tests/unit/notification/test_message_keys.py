"""A repeat is the same message; what differs in a day, a term or a person is another one."""

from uuid import UUID, uuid4

from services.notification.domain.intent import MessageIntent

REQUEST = UUID("00000000-0000-4000-8000-000000000001")


def test_the_same_intent_has_the_same_id_in_every_process() -> None:
    intent = MessageIntent("mentee_registered", "mentee", "p1", REQUEST, "fr")
    assert intent.id == MessageIntent("mentee_registered", "mentee", "p1", REQUEST, "en").id
    assert intent.id == UUID("9725ddbe-6bbc-5452-b32c-45e0f2ac8fba")


def test_another_person_template_or_thing_is_another_message() -> None:
    ids = {
        MessageIntent("engagement_ended", "mentee", "p1", REQUEST).id,
        MessageIntent("engagement_ended", "mentor", "p1", REQUEST).id,
        MessageIntent("engagement_ended", "mentee", "p2", REQUEST).id,
        MessageIntent("engagement_renewed", "mentee", "p1", REQUEST).id,
        MessageIntent("engagement_ended", "mentee", "p1", uuid4()).id,
    }
    assert len(ids) == 5


def test_once_per_day_two_requests_are_one_message() -> None:
    first = MessageIntent("request_routed", "coordinator", "a", uuid4(), once_per="2026-01-10")
    second = MessageIntent("request_routed", "coordinator", "a", uuid4(), once_per="2026-01-10")
    tomorrow = MessageIntent("request_routed", "coordinator", "a", uuid4(), once_per="2026-01-11")
    assert first.id == second.id != tomorrow.id
