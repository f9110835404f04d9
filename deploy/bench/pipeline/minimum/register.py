"""Keeps people: `python -m deploy.bench.pipeline.minimum.register`."""

import json
import os

import asyncpg
import uvloop
from aiormq.abc import DeliveredMessage
from pydantic import ValidationError

from deploy.bench.pipeline.minimum.rabbit import Channel
from deploy.bench.pipeline.minimum.tables import (
    KEEP_PEOPLE,
    PARKED,
    REGISTERED,
    REGISTRATIONS,
    Registration,
)

BATCH, PREFETCH = 200, 400


async def keep_people() -> None:
    """One statement, one round of confirms and one acknowledgement for all that wait."""
    database = await asyncpg.connect(os.environ["BENCH_DATABASE_URL"])
    inbound = await Channel.open(os.environ["BENCH_AMQP_URL"], PREFETCH)
    outbound = await Channel.open(os.environ["BENCH_AMQP_URL"])
    await inbound.consume(REGISTRATIONS)
    while True:
        batch = await inbound.take(BATCH)
        valid = {_id(one): one.body for one in batch if _is_valid(one)}
        wrong = [(_id(one), one.body) for one in batch if _id(one) not in valid]
        bodies = [body.decode() for body in valid.values()]
        await database.execute(KEEP_PEOPLE, list(valid), bodies)
        await outbound.publish_all(REGISTERED, [(one, _event(one)) for one in valid])
        await outbound.publish_all(PARKED, wrong)
        await inbound.acknowledge(batch)


def _id(delivery: DeliveredMessage) -> str:
    return delivery.header.properties.message_id or ""


def _is_valid(delivery: DeliveredMessage) -> bool:
    try:
        Registration.model_validate_json(delivery.body)
    except ValidationError:
        return False
    return True


def _event(person_id: str) -> bytes:
    return json.dumps({"person_id": person_id}).encode()


if __name__ == "__main__":
    uvloop.run(keep_people())
