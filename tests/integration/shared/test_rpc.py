"""Restricted questions: many at once, each its own answer, none that is stored."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import aio_pika
import pytest
import structlog
from aio_pika.abc import AbstractIncomingMessage
from pydantic import BaseModel

from shared.messaging.connection import open_connection
from shared.messaging.correlation import current_context
from shared.messaging.envelope import InvalidMessage
from shared.messaging.rpc import ANSWER_SECONDS, REPLY_TO, RpcClient
from shared.persistence.transaction import Transaction
from shared.service.definition import RpcEndpoint
from shared.service.errors import TRANSIENT_ERRORS
from tests.integration.shared.conftest import Connect, Connected
from tests.support.waiting import until

QUEUE = f"small.contact.{uuid4().hex[:8]}"


class Asked(BaseModel):
    n: int
    seconds: float = 0.0


class Given(BaseModel):
    n: int
    correlation_id: UUID


async def give(question: Asked, tx: Transaction) -> Given:
    """Answer with the number asked for, after so many seconds."""
    if question.n < 0:
        raise LookupError("Lea Martin is not here")
    await asyncio.sleep(question.seconds)
    return Given(n=question.n, correlation_id=tx.cause.correlation_id)


@pytest.fixture
async def answering(connected: Connect) -> Connected:
    c: Connected = await connected(rpc_endpoints={QUEUE: RpcEndpoint(Asked, give)})
    return c


@pytest.fixture
async def rpc_client(vhost: str) -> AsyncIterator[RpcClient]:
    opened = RpcClient(vhost, "a test asks")
    yield opened
    await opened.close()


async def ask(rpc_client: RpcClient, n: int, seconds: float = 0.0) -> int:
    return (await rpc_client.call(QUEUE, Asked(n=n, seconds=seconds), Given)).n


async def test_a_quiet_run_of_questions_logs_no_warning(
    answering: Connected, rpc_client: RpcClient
) -> None:
    with structlog.testing.capture_logs() as lines:
        for n in range(60):
            assert await ask(rpc_client, n) == n
        # Whoever answers still waits for the broker's word on the last answer.
        await asyncio.sleep(1)
    assert [line for line in lines if line["log_level"] != "info"] == []


async def test_a_request_past_its_exchange_gets_no_reply(
    answering: Connected, rpc_client: RpcClient, vhost: str
) -> None:
    """Who may answer may write to the default exchange, and so into the queue of any question."""
    misrouted: list[AbstractIncomingMessage] = []

    async def collect(message: AbstractIncomingMessage) -> None:
        misrouted.append(message)

    with structlog.testing.capture_logs() as lines:
        async with await open_connection(vhost) as link, link.channel() as channel:
            replies = await channel.get_queue(REPLY_TO, ensure=False)
            await replies.consume(collect, no_ack=True)
            question = aio_pika.Message(
                Asked(n=1).model_dump_json().encode(), correlation_id="1", reply_to=REPLY_TO
            )
            await channel.default_exchange.publish(question, QUEUE)

            async def is_logged() -> bool:
                return "rpc.misrouted" in [line["event"] for line in lines]

            await until(is_logged)
            assert await ask(rpc_client, 2) == 2, "whoever asks by right is answered, after it"
            assert misrouted == []


async def test_many_at_once_get_their_own_answers(
    answering: Connected, rpc_client: RpcClient
) -> None:
    numbers = list(range(100))
    assert await asyncio.gather(*(ask(rpc_client, n, 0.01 * (n % 3)) for n in numbers)) == numbers


async def test_a_slow_answer_holds_up_no_other(connected: Connect, rpc_client: RpcClient) -> None:
    others_answered = asyncio.Event()

    async def give_first_last(question: Asked, tx: Transaction) -> Given:
        if question.n == 0:
            await others_answered.wait()
        return await give(question, tx)

    await connected(rpc_endpoints={QUEUE: RpcEndpoint(Asked, give_first_last)})
    slow = asyncio.create_task(ask(rpc_client, 0))
    assert await asyncio.gather(*(ask(rpc_client, n) for n in range(1, 10))) == list(range(1, 10))
    others_answered.set()
    assert await slow == 0


async def test_a_reply_has_the_correlation_of_its_request(
    answering: Connected, rpc_client: RpcClient
) -> None:
    correlation_id = uuid4()
    with structlog.contextvars.bound_contextvars(correlation_id=str(correlation_id)):
        assert current_context().correlation_id == correlation_id
        assert (await rpc_client.call(QUEUE, Asked(n=1), Given)).correlation_id == correlation_id


async def test_without_an_answer_the_asker_gives_up_and_is_not_confused_by_a_late_one(
    answering: Connected, rpc_client: RpcClient
) -> None:
    with pytest.raises(TimeoutError):
        await ask(rpc_client, 1, ANSWER_SECONDS + 1)
    assert await ask(rpc_client, 2, 1.5) == 2


async def test_what_cannot_be_answered_stays_unanswered_and_leaves_nothing(
    answering: Connected, rpc_client: RpcClient
) -> None:
    asked = [ask(rpc_client, -1), rpc_client.call(QUEUE, Given(n=1, correlation_id=uuid4()), Asked)]
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(outcome, TimeoutError | Asked)
    assert await answering.count(QUEUE) == 0
    assert await ask(rpc_client, 3) == 3


async def test_an_answer_that_is_none_shows_no_value(
    answering: Connected, rpc_client: RpcClient
) -> None:
    class Other(BaseModel):
        first_name: str

    with pytest.raises(InvalidMessage, match=r"^not a Other: first_name missing$"):
        await rpc_client.call(QUEUE, Asked(n=1), Other)


async def test_where_nobody_answers_it_fails_at_once(
    answering: Connected, rpc_client: RpcClient
) -> None:
    with pytest.raises(TRANSIENT_ERRORS) as raised:
        await rpc_client.call("no.such.queue", Asked(n=1), Given)
    assert not isinstance(raised.value, TimeoutError), "it did not wait in vain"
    assert await ask(rpc_client, 1) == 1
