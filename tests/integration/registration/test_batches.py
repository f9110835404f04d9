"""Registrations that come at once: one transaction, and the result of one after the other."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.events import ClearanceChanged, MenteeRegistered
from shared.messaging.context import ConsumerContext
from shared.messaging.external_queue import ExternalQueueConsumer, read_inbound_message
from shared.messaging.publisher import Publisher
from tests.integration.registration.conftest import PARTNER
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

OTHER = "missions"


@pytest.fixture(autouse=True)
async def partners(s: ServiceHarness, partner: str) -> None:
    await s.pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ($1, 'x', now())", OTHER
    )


async def deliver_together(s: ServiceHarness, *messages: tuple[str, dict[str, Any]]) -> None:
    """Hand messages, each with its routing key, to the consumer of the partners' queue at once."""
    runtime, publisher = s.runtime, Publisher(s.runtime.amqp_url, "a test")
    context = ConsumerContext(
        s.service.name, runtime.transactions, publisher, runtime.metrics, runtime.policy
    )
    batches = ExternalQueueConsumer(s.service.external_queues[0], context).group
    read = [
        read_inbound_message(key, {"ce-id": str(uuid4())}, json.dumps(body).encode())
        for key, body in messages
    ]
    submitted = [asyncio.create_task(batches.submit(cause, message)) for cause, message in read]
    await asyncio.sleep(0)
    working = asyncio.create_task(batches.run())
    try:
        assert await asyncio.gather(*submitted) == [True] * len(messages)
    finally:
        working.cancel()


def name_of(number: int) -> str:
    """A first name without a digit, another for each number below 676."""
    return f"Sam{chr(97 + number // 26)}{chr(97 + number % 26)}"


def mentee(partner: str = PARTNER, **changes: Any) -> tuple[str, dict[str, Any]]:
    return f"partner.{partner}.mentee.registered", young(**changes)


def mentor_of(partner: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    return f"partner.{partner}.mentor.registered", volunteer(**changes)


def mentor(number: int) -> tuple[str, dict[str, Any]]:
    return mentor_of(PARTNER, first_name=name_of(number), email=f"anouk{number}@exemple.fr")


async def test_registrations_of_both_sides_are_one_transaction(s: ServiceHarness) -> None:
    people = [mentee(first_name=name_of(n), email=f"ines{n}@exemple.fr") for n in range(30)]
    await deliver_together(s, *people, *(mentor(n) for n in range(30)))
    (written,) = await s.pool.fetch(
        "SELECT count(*) AS people, count(DISTINCT xmin::text) AS transactions FROM persons"
    )
    assert tuple(written) == (60, 1)
    assert await s.pool.fetchval("SELECT count(*) FROM doubts") == 0


async def test_whoever_comes_first_is_known_first(s: ServiceHarness) -> None:
    """The same person by two partners: the first needs more steps, having a reference."""
    await deliver_together(s, mentee(reference="dossier-1"), mentee(OTHER))
    held = await s.pool.fetch("SELECT partner, held FROM persons ORDER BY arrival")
    assert [(row["partner"], row["held"]) for row in held] == [(PARTNER, False), (OTHER, True)]
    assert await s.pool.fetchval("SELECT count(*) FROM doubts") == 1


async def test_the_first_registration_under_a_reference_counts(s: ServiceHarness) -> None:
    await deliver_together(
        s,
        mentee(reference="dossier-1", department="69"),
        mentee(reference="dossier-1", department="75"),
    )
    (registered,) = pick_events(MenteeRegistered, await s.take_events())
    department = await s.pool.fetchval(
        "SELECT criteria->>'department' FROM requests WHERE id = $1", registered.request_id
    )
    assert department == "69"


async def test_the_counts_of_requests_in_hand_are_those_of_the_requests(s: ServiceHarness) -> None:
    people = [mentee(first_name=name_of(n), email=f"ines{n}@exemple.fr") for n in range(12)]
    await deliver_together(s, *people)
    counted = await s.pool.fetch(
        "SELECT association, count(*) AS n FROM requests"
        " WHERE state IN ('routed', 'guardian_check', 'confirmed') GROUP BY 1 ORDER BY 1"
    )
    kept = await s.pool.fetch(
        "SELECT association, sum(difference) AS n FROM association_loads GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in kept] == [tuple(row) for row in counted]
    assert sum(row["n"] for row in counted) == 12


async def test_a_yes_and_a_no_about_one_mentor_are_both_acted_on(s: ServiceHarness) -> None:
    """By two partners, one of whom knows the mentor by a registration that was found to be the
    same person's."""
    first = mentor_of(PARTNER, reference="m-1")
    second = mentor_of(OTHER, reference="m-2", last_name="Autrenom", email="autre@exemple.fr")
    await deliver_together(s, first)
    await deliver_together(s, second)
    await s.pool.execute(
        "UPDATE persons SET same_as = (SELECT id FROM persons WHERE partner = $1)"
        " WHERE partner = $2",
        PARTNER,
        OTHER,
    )
    await s.take_events()
    yes, no = first[1] | {"cleared": True}, second[1] | {"cleared": False}
    await deliver_together(s, (first[0], yes), (second[0], no))
    answered = [
        (event.cleared_until is not None, event.reason)
        for event in await s.take_events()
        if isinstance(event, ClearanceChanged)
    ]
    assert answered == [(True, "recorded"), (False, "withdrawn")]
