"""A small service as a process of its own: `python -m tests.integration.shared.small_service`.

A meeting is reported by HTTP; the service handles its event, notes it, sets a timer, publishes
another event and handles that too.
"""

import asyncio
import os
from uuid import UUID, uuid4

import structlog
from fastapi import APIRouter, Request

from shared.contracts.events import ConsentAsked, MeetingConfirmed
from shared.persistence.transaction import Transaction
from shared.service.asgi import serve
from shared.service.definition import Service, Timer
from shared.service.dependencies import runtime_of

log = structlog.get_logger()
router = APIRouter()
NOBODY = "SELECT count(*) FROM notes WHERE pair_id::text LIKE '00000000-%'"


@router.post("/meetings", status_code=202)
async def report(request: Request, milliseconds: int = 0) -> None:
    """State a meeting whose handling takes so long."""
    await request.body()
    async with runtime_of(request).begin() as tx:
        log.info("meeting.reported")
        tx.publish(MeetingConfirmed(pair_id=uuid4(), request_id=UUID(int=milliseconds)))


@router.get("/broken/{name}")
async def broken(name: str) -> None:
    raise LookupError(f"{name} is not in the table")


async def note(event: MeetingConfirmed, tx: Transaction) -> None:
    """Takes as many milliseconds as its request id says."""
    await asyncio.sleep(event.request_id.int / 1000)
    log.info("meeting.noted", pair_id=event.pair_id)
    await tx.connection.execute("INSERT INTO notes VALUES ($1)", event.pair_id)
    await tx.schedule("afterwards", event.pair_id, tx.now)


async def afterwards(timer: Timer, tx: Transaction) -> None:
    log.info("timer.fired", pair_id=timer.key)
    tx.publish(ConsentAsked(request_id=UUID(timer.key), mentee_id=uuid4()))


async def log_consent(event: ConsentAsked, tx: Transaction) -> None:
    log.info("consent.handled", pair_id=event.request_id)


def small(name: str) -> Service:
    return Service(
        name=name,
        package="tests.integration.shared",
        mission="Notes meetings in the tests.",
        subscribes={MeetingConfirmed: note, ConsentAsked: log_consent},
        publishes=(MeetingConfirmed, ConsentAsked),
        timers={"afterwards": afterwards},
        routers=(router,),
        set_aside={"nobody": NOBODY},
    )


if __name__ == "__main__":
    serve(small(os.environ["SMALL_NAME"]))
