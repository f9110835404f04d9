"""The tasks: `celery --app deploy.bench.pipeline.tasks.app worker --queues QUEUE`."""

import asyncio
import json
import os
import smtplib
from functools import cache

import asyncpg
from celery import Celery

from deploy.bench.pipeline.minimum.mail import write_mail
from deploy.bench.pipeline.minimum.tables import (
    INTEND_MAILS,
    KEEP_PEOPLE,
    RECORD_MAILS,
    Registration,
)

REGISTRATIONS, REGISTERED = "tasks.registrations", "tasks.registered"
REGISTER, ACKNOWLEDGE = "register", "acknowledge"

app = Celery("bench", broker=os.environ.get("BENCH_AMQP_URL"))
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_queues={
        name: {"exchange": name, "queue_arguments": {"x-queue-type": "quorum"}}
        for name in (REGISTRATIONS, REGISTERED)
    },
    worker_detect_quorum_queues=True,
    worker_enable_remote_control=False,
    broker_transport_options={"confirm_publish": True},
    task_routes={REGISTER: {"queue": REGISTRATIONS}, ACKNOWLEDGE: {"queue": REGISTERED}},
)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@cache
def _database() -> asyncpg.Connection:
    return _loop().run_until_complete(asyncpg.connect(os.environ["BENCH_DATABASE_URL"]))


@cache
def _smtp() -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", int(os.environ["BENCH_SMTP_PORT"]))


def register(message_id: str, fields: dict[str, object]) -> None:
    """Keep one person, then have them thanked."""
    body = json.dumps(fields)
    Registration.model_validate_json(body)
    _loop().run_until_complete(_database().execute(KEEP_PEOPLE, [message_id], [body]))
    app.send_task(ACKNOWLEDGE, [message_id])


def acknowledge(person_id: str) -> None:
    """Thank one person; one who was thanked is not thanked again."""
    for row in _loop().run_until_complete(_database().fetch(INTEND_MAILS, [person_id])):
        sender, mail = write_mail(row["id"], row["email"], row["first_name"])
        _smtp().sendmail(sender, [row["email"]], mail)
        _loop().run_until_complete(_database().execute(RECORD_MAILS, [row["id"]]))


app.task(register, name=REGISTER)
app.task(acknowledge, name=ACKNOWLEDGE)
