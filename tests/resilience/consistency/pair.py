"""Two services in processes of their own: one states, the other notes and states back.

`python -m tests.resilience.consistency.pair source` or `… echo`; queues carry the name
in LEDGER_NAME.
"""

import os
import sys

from shared.contracts.events import ConsentAsked, Event, MeetingConfirmed, RegistrationRepeated
from shared.persistence.transaction import Transaction
from shared.service.asgi import serve
from shared.service.definition import Service

STEPS = ("noted", "echoed", "repeated")
"""What is done once for each event that comes in: by the source, the echo, the source again."""


async def relay_meeting(event: MeetingConfirmed, tx: Transaction) -> None:
    """An event comes in: note it and state another."""
    await _note("noted", event, tx)
    tx.publish(ConsentAsked(request_id=event.pair_id, mentee_id=event.request_id))


async def echo(event: ConsentAsked, tx: Transaction) -> None:
    """Note it, and state it back."""
    await _note("echoed", event, tx)
    tx.publish(
        RegistrationRepeated(person_id=event.request_id, side="mentee", request_id=event.mentee_id)
    )


async def record_repetition(event: RegistrationRepeated, tx: Transaction) -> None:
    """The answer of the echo has come back."""
    await _note("repeated", event, tx)


async def _note(step: str, event: Event, tx: Transaction) -> None:
    await tx.connection.execute("INSERT INTO effects VALUES ($1, $2::uuid)", step, event.subject)


def pair(name: str) -> dict[str, Service]:
    """Both services, with queues of their own."""
    package = "tests.resilience.consistency"
    return {
        "source": Service(
            name=f"{name}-source",
            package=package,
            mission="Publishes an event and waits for its echo.",
            subscribes={MeetingConfirmed: relay_meeting, RegistrationRepeated: record_repetition},
            publishes=(ConsentAsked,),
        ),
        "echo": Service(
            name=f"{name}-echo",
            package=package,
            mission="Notes an event and publishes it back.",
            subscribes={ConsentAsked: echo},
            publishes=(RegistrationRepeated,),
        ),
    }


if __name__ == "__main__":
    serve(pair(os.environ["LEDGER_NAME"])[sys.argv[1]])
