"""Where something of a person could remain: queues of every kind, and rounds as files."""

from pathlib import Path
from uuid import UUID, uuid4

import aio_pika

from deploy.devstack.local_stack import LocalStack
from deploy.services import installed_services
from shared.contracts.events import MessageSent
from shared.messaging.connection import open_connection
from shared.messaging.envelope import REASON
from shared.messaging.names import EVENTS_EXCHANGE, PARTNERS_IN
from shared.messaging.topology import topology

RETRIED_BY = "registration"


async def trouble(opened: LocalStack, about: UUID) -> None:
    """Two messages about somebody that no service gets done: one is parked, one waits in a
    delay queue for half a minute."""
    sent = MessageSent(
        message_id=uuid4(), template="mentee_registered", channel="mail",
        recipient="mentee", person="nobody", concerns=about,
    )  # fmt: skip
    unreadable = f'{{"pair_id": "{about}"}}'.encode()
    async with await open_connection(opened.environment["BINOME_AMQP_URL"]) as link:
        channel = await link.channel()
        events = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
        for topic, body in (
            ("meeting.confirmed", unreadable),
            (MessageSent.topic, sent.model_dump_json().encode()),
        ):
            message = aio_pika.Message(
                body,
                headers={"ce-id": str(uuid4())},
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            await events.publish(message, topic, mandatory=True)


async def send_as_partner(url: str, partner: str, body: bytes) -> None:
    """A registration by a partner's own exchange and account."""
    async with await open_connection(url) as link, link.channel() as channel:
        exchange = await channel.get_exchange(PARTNERS_IN, ensure=False)
        message = aio_pika.Message(body, headers={"ce-id": str(uuid4())})
        await exchange.publish(message, f"partner.{partner}.mentee.registered", mandatory=True)


async def list_queued(opened: LocalStack, partner: str) -> dict[str, list[str]]:
    """Queue → headers and bodies of what lies in it: working, retry, parked and refusals' ones.
    Everything goes back as the channel closes."""
    found: dict[str, list[str]] = {}
    async with await open_connection(opened.environment["BINOME_AMQP_URL"]) as link:
        channel = await link.channel()
        for name in topology(installed_services(), [partner]).queues:
            queue = await channel.get_queue(name, ensure=False)
            found[name] = []
            while message := await queue.get(fail=False):
                found[name].append(f"{message.headers} {message.body.decode(errors='replace')}")
    return found


def parked_and_retried(found: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """The planted messages among them."""
    parked = [x for name, held in found.items() if name.endswith(".parked") for x in held]
    retry_queues = {name for name in found if name.startswith(f"{RETRIED_BY}.retry.")}
    return [x for x in parked if REASON in x], [x for name in retry_queues for x in found[name]]


def text_of(folder: Path) -> str:
    """Everything in the files of a folder."""
    return "\n".join(file.read_text(errors="replace") for file in folder.rglob("*.*"))
