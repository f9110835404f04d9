"""Thanks people by mail: `python -m deploy.bench.pipeline.minimum.acknowledge`."""

import asyncio
import json
import os
from collections.abc import Iterable
from itertools import cycle

import asyncpg
import uvloop
from aiosmtplib import SMTP

from deploy.bench.pipeline.minimum.mail import write_mail
from deploy.bench.pipeline.minimum.rabbit import Channel
from deploy.bench.pipeline.minimum.tables import INTEND_MAILS, RECORD_MAILS, REGISTERED

BATCH, PREFETCH, SENDERS = 200, 400, 16


async def send_acknowledgements() -> None:
    """Two statements and one acknowledgement for all that wait, their mails side by side."""
    database = await asyncpg.connect(os.environ["BENCH_DATABASE_URL"])
    inbound = await Channel.open(os.environ["BENCH_AMQP_URL"], PREFETCH)
    port = int(os.environ["BENCH_SMTP_PORT"])
    senders = [SMTP(hostname="127.0.0.1", port=port) for _ in range(SENDERS)]
    await asyncio.gather(*(sender.connect() for sender in senders))
    await inbound.consume(REGISTERED)
    while True:
        batch = await inbound.take(BATCH)
        people = [json.loads(one.body)["person_id"] for one in batch]
        rows = await database.fetch(INTEND_MAILS, people)
        await _send_mails(senders, rows)
        await database.execute(RECORD_MAILS, [row["id"] for row in rows])
        await inbound.acknowledge(batch)


async def _send_mails(senders: list[SMTP], rows: Iterable[asyncpg.Record]) -> None:
    """Each connection sends its part, one after the other."""
    parts: list[list[asyncpg.Record]] = [[] for _ in senders]
    for part, row in zip(cycle(parts), rows, strict=False):
        part.append(row)
    await asyncio.gather(*map(_send_part, senders, parts))


async def _send_part(sender: SMTP, rows: Iterable[asyncpg.Record]) -> None:
    for row in rows:
        written_by, mail = write_mail(row["id"], row["email"], row["first_name"])
        await sender.sendmail(written_by, [row["email"]], mail)


if __name__ == "__main__":
    uvloop.run(send_acknowledgements())
