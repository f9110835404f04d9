"""What is wrong on purpose: each must be refused or set aside, and harm nothing beside it."""

from typing import Any
from uuid import UUID

import aio_pika

from deploy.demo.people import Person
from shared.messaging.connection import open_connection
from shared.messaging.names import EVENTS_EXCHANGE

_GOOD: dict[str, Any] = {
    "first_name": "Alix",
    "last_name": "Molsarbre",
    "email": "planted@example.org",
    "phone": "0639989998",
    "born": "2008-05-04",
    "department": "75",
    "slots": ["wed_pm"],
    "needs": ["schoolwork"],
    "level": "lycee",
    "consent": True,
}
_MENTOR = {name: value for name, value in _GOOD.items() if name not in {"needs", "level"}} | {
    "offers": ["schoolwork"],
    "levels": ["lycee"],
}

REFUSED = [
    Person("mentee", _GOOD | {"needs": ["piano"]}),
    Person("mentee", _GOOD | {"phone": "+44 7700 900123"}),
    Person("mentee", _GOOD | {"born": "2095-01-01"}),
    Person("mentor", _MENTOR | {"born": "2014-01-01"}),
    Person("mentee", _GOOD | {"consent": False}),
]
"""For the API: unknown need, foreign phone, born in the future, mentor of 12, no consent."""

UNREADABLE_FOR_PARTNERS = [
    ("mentee", b'{"first_name": "Alix", '),
    ("mentor", b"\x89PNG\r\n\x1a\n"),
]
"""For the partner exchange: JSON cut short, a picture."""

ROWS: dict[str, list[dict[str, Any]]] = {
    "mentee": [_GOOD | {"department": "20"}, _GOOD | {"born": "31/02/2008"}],
    "mentor": [_MENTOR | {"email": "pas-une-adresse"}],
}
"""For the files: a département that is none, a day that is none, an address that is none."""

PARKED = 1
"""How many messages `spoil` makes the local stack set aside."""


async def publish_invalid(amqp_url: str) -> None:
    """State one event that nobody can read; it must be parked with its reason."""
    async with await open_connection(amqp_url) as link, link.channel() as channel:
        events = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
        message = aio_pika.Message(
            b'{"pair_id": "not an id"}',
            headers={"ce-id": str(UUID(int=1)), "ce-type": "binome.meeting.confirmed.v1"},
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await events.publish(message, "meeting.confirmed", mandatory=True)
