"""What was stopped is not told: what had not left stays here, what comes later is not kept."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts import events
from tests.integration.notification.post import Post
from tests.integration.notification.test_events import (
    ASSOCIATION,
    CRITERIA,
    MENTEE,
    MENTOR,
    PAIR,
    PEOPLE,
    REQUEST,
)

PAIRED = events.PairConfirmed(pair_id=PAIR, association=ASSOCIATION, **PEOPLE)
WITHDRAWN = events.RequestWithdrawn(
    request_id=REQUEST, mentee_id=MENTEE, association=ASSOCIATION, reason="consent_withdrawn"
)
UNDONE = events.PairUndone(pair_id=PAIR, association=ASSOCIATION, reason="withdrawn", **PEOPLE)
NOTICES = {"request_withdrawn", "consent_withdrawn", "request_stopped"}


def check_in(side: Any, person: UUID) -> events.CheckInAsked:
    return events.CheckInAsked(
        checkin_id=uuid4(), engagement_id=uuid4(), pair_id=PAIR, kind="month_1",
        side=side, person_id=person,
    )  # fmt: skip


@pytest.fixture
def known(post: Post) -> None:
    post.registration.knows("mentee", MENTEE, first_name="Inès", email="ines@exemple.example")
    post.registration.knows("mentor", MENTOR, first_name="Karim", email="karim@exemple.example")
    post.registration.knows("guardian", MENTEE, first_name="Maud", email="maud@exemple.example")
    post.registration.knows("coordinator", ASSOCIATION, email="coordination@exemple.example")


async def templates(post: Post, state: str) -> set[str]:
    rows = await post.stage.pool.fetch("SELECT template FROM messages WHERE state = $1", state)
    return {row["template"] for row in rows}


async def test_what_had_not_left_does_not_leave(post: Post, known: None) -> None:
    registered = events.MenteeRegistered(
        request_id=REQUEST, mentee_id=MENTEE, door="page", registered_at=post.stage.clock.now()
    )
    await post.tell(registered, PAIRED, check_in("mentor", MENTOR), WITHDRAWN, UNDONE)
    await post.send()
    assert await templates(post, "delivered") == NOTICES
    assert await templates(post, "cancelled") == {
        *("mentee_registered", "pair_introduced_mentor", "checkin_month"),
    }
    assert post.mail.to("karim@exemple.example") == [], "the mentor knew nothing of it"


async def test_a_message_in_hand_that_was_not_given_away_is_kept_back(
    post: Post, known: None
) -> None:
    await post.tell(PAIRED)
    for message in await post.claim():
        await post.tell(WITHDRAWN)
        await post.dispatch(message)
    assert post.mail.to("karim@exemple.example") == []
    assert "pair_introduced_mentor" in await templates(post, "cancelled")


async def test_what_comes_late_is_not_told(post: Post, known: None) -> None:
    wants = events.MenteeCriteria(needs=("job",), level="lycee", **CRITERIA)
    confirmed = events.RequestConfirmed(
        request_id=REQUEST, mentee_id=MENTEE, association=ASSOCIATION, criteria=wants,
        since=post.stage.clock.now(),
    )  # fmt: skip
    await post.tell(WITHDRAWN, confirmed, PAIRED, UNDONE, check_in("mentee", MENTEE))
    await post.send()
    assert await templates(post, "delivered") == NOTICES
    assert await post.stage.pool.fetchval("SELECT count(*) FROM messages") == len(NOTICES)
    assert await post.stage.pool.fetchval("SELECT count(*) FROM introductions") == 0


@pytest.mark.parametrize("first", [WITHDRAWN, UNDONE])
async def test_a_mentor_who_was_introduced_is_asked_to_stop_once(
    post: Post, known: None, first: events.Event
) -> None:
    await post.tell(PAIRED)
    await post.send()
    await post.tell(first, WITHDRAWN, UNDONE, UNDONE)
    await post.send()
    _, told = post.mail.to("karim@exemple.example")
    words = told.get_body(("plain",)).get_content()
    assert "Merci de ne plus écrire ni téléphoner" in words
    for said in ("parent", "accord", "retiré", "Inès"):
        assert said not in words, "the mentor is told in neutral words"


async def test_a_pair_that_is_stopped_between_its_two_messages_is_not_introduced(
    post: Post, known: None
) -> None:
    await post.tell(PAIRED)
    (mentor,) = await post.claim()
    await post.dispatch(mentor)
    (mentee,) = await post.claim()
    await post.tell(WITHDRAWN, UNDONE)
    await post.dispatch(mentee)
    introduced = [x for x in await post.stage.take_events() if isinstance(x, events.PairIntroduced)]
    assert introduced == []
    assert "contact_ended" in await templates(post, "created")


@pytest.mark.parametrize("undone_first", [True, False])
async def test_the_other_side_hears_that_a_mentor_left_in_either_order(
    post: Post, known: None, undone_first: bool
) -> None:
    """Matching undoes the pair, follow-up ends the engagement and owes the word."""
    await post.tell(PAIRED)
    await post.send()
    undone = UNDONE.model_copy(update={"reason": "mentor_left", "introduced": True})
    ended = events.EngagementEnded(
        engagement_id=uuid4(), pair_id=PAIR, reason="not_going_well", left="mentor", **PEOPLE
    )
    await post.tell(*((undone, ended) if undone_first else (ended, undone)))
    await post.send()
    rows = await post.stage.pool.fetch(
        "SELECT recipient, state FROM messages WHERE template = 'engagement_ended'"
    )
    assert [tuple(row) for row in rows] == [("mentee", "delivered")]
