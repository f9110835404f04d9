"""A run without errors logs no warning: people register and are thanked."""

import asyncio
import json
from uuid import uuid4

import aio_pika
import asyncpg
import structlog
from fastapi import FastAPI

from shared.messaging.connection import open_connection
from shared.messaging.names import PARTNERS_IN
from tests.integration.journey.conftest import PARTNER
from tests.integration.notification.mail_server import MailServer
from tests.support.waiting import PATIENCE
from tests.unit.registration.people import volunteer, young

PEOPLE = 20


async def send(url: str, side: str, person: dict[str, object]) -> None:
    async with await open_connection(url) as link, link.channel() as channel:
        partners = await channel.get_exchange(PARTNERS_IN, ensure=False)
        message = aio_pika.Message(json.dumps(person).encode(), headers={"ce-id": str(uuid4())})
        await partners.publish(message, f"partner.{PARTNER}.{side}.registered", mandatory=True)


def make_person(n: int, side: str) -> dict[str, str]:
    letter = "abcdefghijklmnopqrstuvwxyz"[n]
    return {"last_name": f"Bel{letter}voir", "email": f"{side}{n}@exemple.fr"}


async def test_a_quiet_run_logs_no_warning(
    running: dict[str, FastAPI], own_vhost: str, mail_server: MailServer
) -> None:
    with structlog.testing.capture_logs() as lines:
        await add_partner(running["registration"].state.runtime.pool)
        for n in range(PEOPLE // 2):
            await send(own_vhost, "mentee", young(**make_person(n, "mentee")))
            await send(own_vhost, "mentor", volunteer(**make_person(n, "mentor")))
        async with asyncio.timeout(PATIENCE):
            while len({mail["To"] for mail in mail_server.received}) < PEOPLE:
                await asyncio.sleep(0.1)
        await asyncio.sleep(1)
    loud = [line for line in lines if line["log_level"] not in ("debug", "info")]
    assert loud == []


async def add_partner(pool: asyncpg.Pool) -> None:
    await pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ($1, $2, now())", PARTNER, b"k"
    )
