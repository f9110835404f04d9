"""Messages from outside: refused for their content, never parked for an outage of ours."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import aio_pika
import pytest
from aio_pika.abc import FieldValue, HeadersType

from deploy.devstack.servers import Servers
from shared.messaging.connection import open_connection
from shared.messaging.envelope import ORIGIN
from shared.messaging.external_queue import read_inbound_message
from shared.messaging.names import PARTNERS_IN, retry_exchange
from shared.messaging.queue_declaration import declare_queue
from shared.messaging.topology import declare, topology
from shared.persistence.transaction import Transaction
from shared.service.definition import ExternalQueue, InboundMessage
from tests.integration.shared.conftest import QUICK, Connect, Connected, rabbitmqctl
from tests.integration.shared.tcp_gate import Gate
from tests.support.waiting import until

KEY = "partner.acme.mentee.registered"


@dataclass
class PartnerQueue:
    """Handles messages; `codes` are its refusals. Each accepted message leaves one note."""

    queue: str = field(default_factory=lambda: f"inbound.{uuid4().hex[:8]}")
    codes: list[str] = field(default_factory=list)
    read: list[bytes] = field(default_factory=list)

    def external_queue(self) -> ExternalQueue:
        keys = ("partner.*.mentee.registered",)
        return ExternalQueue(self.queue, PARTNERS_IN, keys, self.take, self.refuse)

    async def take(self, message: InboundMessage, tx: Transaction) -> None:
        self.read.append(message.body)
        if message.body == b"trap":
            raise LookupError("what stands in a stranger's body")
        if message.body == b"NUL":
            await tx.connection.fetchval("SELECT $1::text", "\x00")
        await tx.connection.execute("INSERT INTO notes VALUES ($1)", message.event_id)

    async def refuse(self, message: InboundMessage, code: str, tx: Transaction) -> None:
        self.codes.append(code)


@pytest.fixture
def partner() -> PartnerQueue:
    return PartnerQueue()


class Ways:
    """The gate before a service's database."""

    def __init__(self) -> None:
        self.gates: list[Gate] = []

    def __call__(self, url: str) -> str:
        self.gates.append(Gate(url))
        return self.gates[-1].url


@pytest.fixture
async def ways() -> AsyncIterator[Ways]:
    made = Ways()
    yield made
    for gate in made.gates:
        await gate.shut()


async def send(c: Connected, body: bytes, event_id: FieldValue = None, key: str = KEY) -> None:
    headers: HeadersType = {} if event_id is None else {"ce-id": event_id}
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        partners = await channel.get_exchange(PARTNERS_IN, ensure=False)
        await partners.publish(aio_pika.Message(body, headers=headers), key, mandatory=True)


async def nothing_aside(c: Connected, partner: PartnerQueue) -> bool:
    """Neither in a retry queue nor parked."""
    exchanges = [retry_exchange(c.service.name, seconds) for seconds in QUICK.retry_delays]
    counts = [await c.count(queue) for queue in (*exchanges, f"{partner.queue}.parked")]
    return not any(counts)


async def wait_until_ended(c: Connected, **wanted: int) -> None:
    async def so() -> bool:
        return c.outcomes() == wanted

    await until(so)


async def test_a_message_that_no_handler_can_read_is_refused_and_its_neighbours_come_in(
    connected: Connect, partner: PartnerQueue
) -> None:
    c = await connected(external_queues=(partner.external_queue(),))
    for body in (b"a", b"trap", b"b", b"NUL", b"c"):
        await send(c, body, str(uuid4()))
    await wait_until_ended(c, done=3, refused=2)
    assert partner.codes == ["unreadable"] * 2
    assert len(await c.read_notes()) == 3
    assert await nothing_aside(c, partner)
    assert await c.count(partner.queue) == 0


async def test_a_used_id_with_another_body_is_refused_and_the_same_again_is_a_repeat(
    connected: Connect, partner: PartnerQueue
) -> None:
    c = await connected(external_queues=(partner.external_queue(),))
    for body, event_id in ((b"a", "7"), (b"a", "7"), (b"b", "7"), (b"b", "7")):
        await send(c, body, event_id)
    await wait_until_ended(c, done=2, repeated=2)
    assert partner.codes == ["event_id_reused"]
    assert partner.read == [b"a"]
    await send(c, b"b", "7", "partner.other.mentee.registered")  # who also counts up to 7
    await c.until_noted(2)


async def test_two_bodies_under_one_id_at_the_same_time(
    connected: Connect, partner: PartnerQueue
) -> None:
    """In one group, and at two replicas: one comes in, the others are refused by name."""
    c = await connected(external_queues=(partner.external_queue(),))
    await connected(beside=c)
    bodies = [f"body {n}".encode() for n in range(40)]
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        partners = await channel.get_exchange(PARTNERS_IN, ensure=False)
        messages = [aio_pika.Message(body, headers={"ce-id": "one"}) for body in bodies]
        await asyncio.gather(*(partners.publish(message, KEY) for message in messages))

    async def all_told() -> bool:
        return len(partner.codes) >= 39 and len(await c.read_notes()) == 1

    await until(all_told)
    assert set(partner.codes) == {"event_id_reused"}
    assert await nothing_aside(c, partner)


async def test_without_an_id_a_message_is_known_by_its_body(
    connected: Connect, partner: PartnerQueue
) -> None:
    c = await connected(external_queues=(partner.external_queue(),))
    deep: FieldValue = "end"
    for _ in range(20):
        deep = {"a": deep}
    for body, event_id in ((b"a", None), (b"a", None), (b"b", None), (b"c", deep), (b"c", deep)):
        await send(c, body, event_id)
    await wait_until_ended(c, done=3, repeated=2)
    assert partner.codes == []


async def messages_in(queue: str, vhost: str, servers: Servers) -> int:
    listed = await rabbitmqctl(servers, "-q", "list_queues", "-p", vhost, "name", "messages")
    held = dict(zip(listed.split()[::2], listed.split()[1::2], strict=True))
    return int(held[queue])


async def test_while_the_database_is_away_messages_stay_in_their_queue(
    connected: Connect, partner: PartnerQueue, ways: Ways, servers: Servers
) -> None:
    """Longer than a delivery may be retained: it goes back to its queue, and nowhere else."""
    policy = replace(QUICK, retain_seconds=1.0, retain_interval=0.2)
    c = await connected(
        external_queues=(partner.external_queue(),), policy=policy, gates=(str, ways)
    )
    (gate,) = ways.gates
    await gate.open()
    await send(c, b"before", str(uuid4()))
    await wait_until_ended(c, done=1)
    await gate.shut()
    for n in range(3):
        await send(c, f"during {n}".encode(), str(uuid4()))
    await asyncio.sleep(4 * policy.retain_seconds)
    vhost = c.amqp_url.rsplit("/", 1)[1]

    async def all_counted() -> bool:  # the broker counts a quorum queue every few seconds
        return await messages_in(partner.queue, vhost, servers) == 3

    await until(all_counted)
    assert await nothing_aside(c, partner)
    await gate.open()
    await wait_until_ended(c, done=4)
    assert partner.codes == []
    assert len(await c.read_notes()) == 4
    assert await nothing_aside(c, partner)
    assert await c.count(partner.queue) == 0


async def test_a_refusal_that_fails_leaves_the_message_in_its_queue(
    connected: Connect, partner: PartnerQueue
) -> None:
    broken = [True]

    async def refuse(message: InboundMessage, code: str, tx: Transaction) -> None:
        if broken:
            broken.pop()
            raise LookupError
        await partner.refuse(message, code, tx)

    external_queue = replace(partner.external_queue(), refuse=refuse)
    c = await connected(
        external_queues=(external_queue,), policy=replace(QUICK, retain_interval=0.1)
    )
    await send(c, b"trap", str(uuid4()))
    await wait_until_ended(c, refused=1)
    assert partner.codes == ["unreadable"]
    assert await nothing_aside(c, partner)


async def test_an_external_queue_of_an_earlier_version_is_declared_anew(
    connected: Connect, partner: PartnerQueue
) -> None:
    c = await connected(external_queues=(partner.external_queue(),))
    old = {"x-queue-type": "quorum", "x-delivery-limit": 20, "x-overflow": "reject-publish"}
    other = replace(partner.external_queue(), queue=f"inbound.{uuid4().hex[:8]}")
    async with await open_connection(c.amqp_url) as link:
        await declare_queue(link, other.queue, old)
        service = replace(c.service, external_queues=(other,))
        await declare(c.amqp_url, topology([service], retry_delays=QUICK.retry_delays))
        async with link.channel() as channel:
            queue = await channel.get_queue(other.queue, ensure=False)
            await queue.delete(if_unused=False, if_empty=False)


def test_a_message_has_an_id_of_its_own_whatever_its_header() -> None:
    ids = {
        read_inbound_message(KEY, {"ce-id": written}, b"a")[1].event_id
        for written in ("7", b"8", 9, "\ud800", "é" * 500, None, {"a": 1}, [1], 1.5)
    }
    assert all(isinstance(one, UUID) for one in ids)
    assert len(ids) == 6, "what is no text is no id"


@pytest.mark.parametrize("way", ["own name", "copy"])
async def test_a_message_past_the_exchange_of_its_queue_is_nobodys(
    connected: Connect, partner: PartnerQueue, way: str
) -> None:
    c = await connected(external_queues=(partner.external_queue(),))
    by_name = way == "own name"
    headers: HeadersType = {ORIGIN: KEY} if by_name else {"CC": [partner.queue]}
    async with await open_connection(c.amqp_url) as link, link.channel() as channel:
        forged = aio_pika.Message(b"forged", headers=headers)
        await channel.default_exchange.publish(forged, partner.queue if by_name else KEY)
    await wait_until_ended(c, refused=1)
    assert partner.read == []
    assert await c.read_notes() == []
    assert await nothing_aside(c, partner)
    await send(c, b"a", "7")
    await c.until_noted(1)
