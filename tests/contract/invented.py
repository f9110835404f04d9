"""A service that exists only for these tests: an event in, an event out, a message from outside, a
request."""

from fastapi import APIRouter

from shared.contracts.contact import CONTACT_QUEUE, ContactAsked, ContactGiven
from shared.contracts.events import MessageSent, PairConfirmed, PairProposed
from shared.persistence.transaction import Transaction
from shared.service.definition import ExternalQueue, InboundMessage, RpcEndpoint, Service

doors = APIRouter()


@doors.get("/api/v1/hours")
async def hours() -> dict[str, str]:
    return {"open": "always"}


@doors.get("/page")
async def page() -> str:
    return "not for programs"


async def note_message(event: MessageSent, tx: Transaction) -> None:
    """Note that a message left."""


async def take_in(message: InboundMessage, tx: Transaction) -> None:
    """Take in what a partner wrote."""


async def refuse(message: InboundMessage, code: str, tx: Transaction) -> None:
    """Send the partner the refusal."""


async def tell_contact(question: ContactAsked, tx: Transaction) -> ContactGiven:
    """Reply with the contact of a person."""
    return ContactGiven(found=False)


INVENTED = Service(
    name="invented",
    package=__package__,
    mission="Shows what a document says.",
    subscribes={MessageSent: note_message},
    publishes=(PairProposed, PairConfirmed),
    external_queues=(
        ExternalQueue(
            "invented.partners", "partners.in", ("partner.*.mentee.registered",), take_in, refuse
        ),
    ),
    rpc_endpoints={CONTACT_QUEUE: RpcEndpoint(ContactAsked, tell_contact)},
    routers=(doors,),
)
