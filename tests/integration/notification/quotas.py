"""Registrations from one address, and what is sent for them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.events import (
    Event,
    MenteeCriteria,
    MenteeRegistered,
    MessageSent,
    RequestConfirmed,
)
from shared.contracts.types import RegistrationSource
from tests.integration.notification.notification_driver import NotificationDriver

STRANGER = "une.inconnue@exemple.example"

CRITERIA = MenteeCriteria(needs=("job",), level="lycee", slots=("wed_pm",), department="75")


def registration(
    driver: NotificationDriver, door: RegistrationSource = "page", **contact: Any
) -> list[Event]:
    """What registration states of a form whose request an association takes by itself."""
    request, mentee = uuid4(), uuid4()
    fields = {"unproved": door == "page", "first_name": "Inès"}
    driver.registration.knows("mentee", mentee, **(fields | contact))
    now = driver.harness.clock.now()
    return [
        MenteeRegistered(request_id=request, mentee_id=mentee, door=door, registered_at=now),
        confirmation(request, mentee, by_hand=False, since=now),
    ]


def confirmation(request: UUID, mentee: UUID, **more: Any) -> RequestConfirmed:
    return RequestConfirmed(
        request_id=request, mentee_id=mentee, association="tandem_avenir", criteria=CRITERIA, **more
    )


async def days_later(driver: NotificationDriver, days: int = 1) -> None:
    """A day and a slice of it: by the business clock, and for the senders, who wait really."""
    step = {"days": days, "minutes": 25}
    driver.harness.clock.advance(**step)
    await driver.harness.pool.execute(
        "UPDATE messages SET not_before = not_before - $1::interval", timedelta(**step)
    )
    await driver.send()


async def take_sent(driver: NotificationDriver) -> list[MessageSent]:
    return [event for event in await driver.harness.take_events() if isinstance(event, MessageSent)]
