"""The shortest way through: introduced, asked when it is time, answered in one tap."""

from shared.contracts.events import CheckInAsked, MeetingConfirmed
from tests.integration.followup.pair import Pair


async def test_asks_both_sides_after_a_week(pair: Pair) -> None:
    assert await pair.days(6.9) == []

    asked = await pair.days(0.2)

    assert [(c.kind, c.side, c.person_id) for c in asked if isinstance(c, CheckInAsked)] == [
        ("first_meeting", "mentee", pair.event.mentee_id),
        ("first_meeting", "mentor", pair.event.mentor_id),
    ]


async def test_an_answer_is_kept_and_told(pair: Pair) -> None:
    await pair.days(7)

    response = await pair.answer("first_meeting", "mentee", "yes")

    assert response.status_code == 303
    assert response.headers["location"] == "/suivi/merci/mentee/first_meeting/yes"
    assert pair.all(MeetingConfirmed) == [
        MeetingConfirmed(pair_id=pair.event.pair_id, request_id=pair.event.request_id)
    ]
