"""A person is erased: nothing unsent is sent to them or about them, and no row names them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.events import (
    ErasureDone,
    MentorCriteria,
    MentorRegistered,
    PairConfirmed,
    PersonErased,
)
from shared.contracts.held import HELD_QUEUES, HeldAsked
from tests.integration.notification.post import Post

MENTEE, MENTOR = uuid4(), uuid4()


def pair() -> PairConfirmed:
    return PairConfirmed(
        pair_id=uuid4(),
        request_id=uuid4(),
        mentee_id=MENTEE,
        mentor_id=MENTOR,
        association="tandem_avenir",
    )


async def dump(post: Post) -> str:
    rows: list[Any] = await post.stage.pool.fetch(
        "SELECT row_to_json(m)::text FROM messages m"
        " UNION ALL SELECT row_to_json(i)::text FROM introductions i"
    )
    return " ".join(row[0] for row in rows)


async def test_no_message_names_an_erased_person(post: Post) -> None:
    await post.tell(pair())
    await post.tell(PersonErased(person_id=MENTEE, side="mentee"))
    assert str(MENTEE) not in await dump(post)
    assert ErasureDone(person_id=MENTEE, service="notification") in await post.stage.take_events()


async def test_what_others_were_sent_stays_without_the_id(post: Post) -> None:
    await post.tell(pair())
    await post.stage.pool.execute("UPDATE messages SET state = 'delivered', settled_at = now()")
    await post.tell(PersonErased(person_id=MENTEE, side="mentee"))
    kept = await dump(post)
    assert str(MENTOR) in kept
    assert str(MENTEE) not in kept


async def test_a_fact_that_comes_late_writes_to_nobody(post: Post) -> None:
    await post.tell(PersonErased(person_id=MENTOR, side="mentor"))
    offers = MentorCriteria(offers=("job",), slots=("wed_pm",), levels=("lycee",), department="75")
    late = MentorRegistered(
        mentor_id=MENTOR, door="page", criteria=offers, registered_at=post.stage.clock.now()
    )
    await post.tell(late)
    assert await post.stage.pool.fetchval("SELECT count(*) FROM messages") == 0


@pytest.mark.parametrize("person", [MENTEE, MENTOR])
async def test_a_pair_confirmed_late_leaves_nothing_of_who_was_erased(
    post: Post, person: UUID
) -> None:
    side: Any = "mentee" if person == MENTEE else "mentor"
    late = pair()
    await post.tell(PersonErased(person_id=person, side=side), late)
    assert await post.stage.pool.fetchval("SELECT count(*) FROM introductions") == 0
    assert str(late.request_id) not in await dump(post)
    assert await post.stage.take_events() == [ErasureDone(person_id=person, service="notification")]


async def test_an_introduction_under_way_goes_with_who_is_erased(post: Post) -> None:
    confirmed = pair()
    await post.tell(confirmed, PersonErased(person_id=MENTEE, side="mentee"))
    assert await post.stage.pool.fetchval("SELECT count(*) FROM introductions") == 0
    await post.stage.take_events()
    post.stage.clock.advance(days=30)
    await post.stage.fire_due()
    assert await post.stage.take_events() == [], "matching tells of the pair"


async def test_an_introduction_that_was_made_keeps_no_id_of_who_was_erased(post: Post) -> None:
    confirmed = pair()
    await post.tell(confirmed)
    await post.stage.pool.execute(
        "UPDATE messages SET state = 'delivered', settled_at = now();"
        "UPDATE introductions SET introduced_at = now()"
    )
    await post.tell(PersonErased(person_id=MENTEE, side="mentee"))
    rows = await post.stage.pool.fetch("SELECT row_to_json(i)::text AS row FROM introductions i")
    assert len(rows) == 1
    assert str(MENTEE) not in rows[0]["row"]
    assert str(confirmed.request_id) not in rows[0]["row"]


async def test_being_told_twice_is_harmless(post: Post) -> None:
    erased = PersonErased(person_id=UUID(int=7), side="mentor")
    await post.tell(erased, erased)
    assert await post.stage.pool.fetchval("SELECT count(*) FROM erased_people") == 1


async def test_a_person_sees_what_they_were_sent(post: Post) -> None:
    await post.tell(pair())
    asked = HeldAsked(ids=(MENTOR,))
    held = (await post.stage.answer(HELD_QUEUES["notification"], asked)).tables
    assert [row["template"] for row in held["messages"]] == ["pair_introduced_mentor"]
    assert len(held["introductions"]) == 1
