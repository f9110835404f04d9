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
from tests.integration.notification.notification_driver import NotificationDriver

MENTEE, MENTOR = uuid4(), uuid4()


def pair() -> PairConfirmed:
    return PairConfirmed(
        pair_id=uuid4(),
        request_id=uuid4(),
        mentee_id=MENTEE,
        mentor_id=MENTOR,
        association="tandem_avenir",
    )


async def dump(driver: NotificationDriver) -> str:
    rows: list[Any] = await driver.harness.pool.fetch(
        "SELECT row_to_json(m)::text FROM messages m"
        " UNION ALL SELECT row_to_json(i)::text FROM introductions i"
    )
    return " ".join(row[0] for row in rows)


async def test_no_message_names_an_erased_person(driver: NotificationDriver) -> None:
    await driver.deliver(pair())
    await driver.deliver(PersonErased(person_id=MENTEE, side="mentee"))
    assert str(MENTEE) not in await dump(driver)
    assert (
        ErasureDone(person_id=MENTEE, service="notification") in await driver.harness.take_events()
    )


async def test_what_others_were_sent_stays_without_the_id(driver: NotificationDriver) -> None:
    await driver.deliver(pair())
    await driver.harness.pool.execute("UPDATE messages SET state = 'delivered', settled_at = now()")
    await driver.deliver(PersonErased(person_id=MENTEE, side="mentee"))
    kept = await dump(driver)
    assert str(MENTOR) in kept
    assert str(MENTEE) not in kept


async def test_an_event_that_comes_late_writes_to_nobody(driver: NotificationDriver) -> None:
    await driver.deliver(PersonErased(person_id=MENTOR, side="mentor"))
    offers = MentorCriteria(offers=("job",), slots=("wed_pm",), levels=("lycee",), department="75")
    late = MentorRegistered(
        mentor_id=MENTOR, door="page", criteria=offers, registered_at=driver.harness.clock.now()
    )
    await driver.deliver(late)
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM messages") == 0


@pytest.mark.parametrize("person", [MENTEE, MENTOR])
async def test_a_pair_confirmed_late_leaves_nothing_of_who_was_erased(
    driver: NotificationDriver, person: UUID
) -> None:
    side: Any = "mentee" if person == MENTEE else "mentor"
    late = pair()
    await driver.deliver(PersonErased(person_id=person, side=side), late)
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM introductions") == 0
    assert str(late.request_id) not in await dump(driver)
    assert await driver.harness.take_events() == [
        ErasureDone(person_id=person, service="notification")
    ]


async def test_an_introduction_under_way_goes_with_who_is_erased(
    driver: NotificationDriver,
) -> None:
    confirmed = pair()
    await driver.deliver(confirmed, PersonErased(person_id=MENTEE, side="mentee"))
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM introductions") == 0
    await driver.harness.take_events()
    driver.harness.clock.advance(days=30)
    await driver.harness.fire_due()
    assert await driver.harness.take_events() == [], "matching publishes the end of the pair"


async def test_an_introduction_that_was_made_keeps_no_id_of_who_was_erased(
    driver: NotificationDriver,
) -> None:
    confirmed = pair()
    await driver.deliver(confirmed)
    await driver.harness.pool.execute(
        "UPDATE messages SET state = 'delivered', settled_at = now();"
        "UPDATE introductions SET introduced_at = now()"
    )
    await driver.deliver(PersonErased(person_id=MENTEE, side="mentee"))
    rows = await driver.harness.pool.fetch(
        "SELECT row_to_json(i)::text AS row FROM introductions i"
    )
    assert len(rows) == 1
    assert str(MENTEE) not in rows[0]["row"]
    assert str(confirmed.request_id) not in rows[0]["row"]


async def test_a_repeated_erasure_changes_nothing(driver: NotificationDriver) -> None:
    erased = PersonErased(person_id=UUID(int=7), side="mentor")
    await driver.deliver(erased, erased)
    assert await driver.harness.pool.fetchval("SELECT count(*) FROM erased_people") == 1


async def test_a_person_sees_what_they_were_sent(driver: NotificationDriver) -> None:
    await driver.deliver(pair())
    asked = HeldAsked(ids=(MENTOR,))
    held = (await driver.harness.answer(HELD_QUEUES["notification"], asked)).tables
    assert [row["template"] for row in held["messages"]] == ["pair_introduced_mentor"]
    assert len(held["introductions"]) == 1
