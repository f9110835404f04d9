"""Restricted questions between services, over the broker's direct reply: nothing is stored.

Questions may travel together, as one message, and so do their answers. The message carries an id;
the answers, which may hold an address, go straight to the asker's connection and are never queued.
Who gets no answer asks again. This is the only way personal data moves between services.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from faststream.rabbit import RabbitMessage
from pydantic import BaseModel, ValidationError

from shared.messaging.connection import ReconnectingChannel, connection_loss_as_error
from shared.messaging.context import ConsumerContext
from shared.messaging.correlation import MessageContext, as_uuid, current_context, new_context
from shared.messaging.envelope import InvalidMessage, validation_summary
from shared.messaging.names import rpc_exchange_of
from shared.messaging.routes import was_asked_by_right
from shared.persistence.group_commit import Work, commit_together
from shared.persistence.shared_calls import SharedCalls
from shared.service.definition import RpcEndpoint
from shared.service.errors import TRANSIENT_ERRORS, error_fields, is_transient

ANSWER_SECONDS = 5.0
MOST_QUESTIONS = 200
"""In one message."""
AT_ONCE = 4
"""Requests in work at a time; others wait, so endpoints and handlers find a connection."""
REPLY_TO = "amq.rabbitmq.reply-to"
A = TypeVar("A", bound=BaseModel)

log = structlog.get_logger()


_Asked = tuple[BaseModel, MessageContext]
"""A question and the chain of events that it belongs to."""


class RpcClient:
    """Asks questions on a connection of its own, any number at a time."""

    def __init__(self, url: str, name: str) -> None:
        self._line = ReconnectingChannel(url, name, self._listen)
        self._asked: dict[str, asyncio.Future[bytes]] = {}
        self._calls: dict[str, SharedCalls[_Asked, Any]] = {}

    async def call(self, queue: str, question: BaseModel, answer: type[A]) -> A:
        """The answer to a question.

        Raises one of `errors.TRANSIENT_ERRORS` (TimeoutError without an answer), or InvalidMessage.
        """
        asked = (question, current_context())
        return _validate(answer, (await self._ask_many(queue, [asked]))[0])

    async def call_together(self, queue: str, question: BaseModel, answer: type[A]) -> A:
        """The same for a question that is answered at once: it travels with others that wait.

        The correlation id of the first of them goes with all.
        """
        if queue not in self._calls:
            ask = partial(self._ask_many, queue)
            self._calls[queue] = SharedCalls(ask, is_transient, MOST_QUESTIONS, AT_ONCE)
        given = await self._calls[queue].call((question, current_context()))
        return _validate(answer, given)

    async def close(self) -> None:
        """Close the connection; the next question opens a new one."""
        await self._line.close()

    async def _ask_many(self, queue: str, asked: Sequence[_Asked]) -> Sequence[Any]:
        """An answer for each question, not read yet; None: nobody could answer that one."""
        body = json.dumps([question.model_dump(mode="json") for question, _ in asked])
        _, cause = asked[0]
        answers = _parse_list(await self._send_request(queue, body.encode(), cause))
        if len(answers) != len(asked):
            raise InvalidMessage("not as many answers as questions")
        return answers

    async def _send_request(self, queue: str, body: bytes, cause: MessageContext) -> bytes:
        number = uuid4().hex
        async with connection_loss_as_error(), asyncio.timeout(ANSWER_SECONDS):
            channel = await self._line.channel()
            answered: asyncio.Future[bytes] = asyncio.Future()
            self._asked[number] = answered
            try:
                questions = await channel.get_exchange(rpc_exchange_of(queue), ensure=False)
                await questions.publish(_question(number, body, cause), queue, mandatory=True)
                return await answered
            finally:
                del self._asked[number]

    async def _listen(self, channel: AbstractChannel) -> None:
        channel.close_callbacks.add(self._fail_pending)
        replies = await channel.get_queue(REPLY_TO, ensure=False)
        await replies.consume(self._on_reply, no_ack=True)

    async def _on_reply(self, message: AbstractIncomingMessage) -> None:
        answered = self._asked.get(message.correlation_id or "")
        if answered is not None and not answered.done():
            answered.set_result(message.body)

    def _fail_pending(self, *_: Any) -> None:
        """Answers come to the channel that asked; when it is gone nobody need wait for them."""
        for answered in self._asked.values():
            if not answered.done():
                answered.set_exception(ConnectionResetError())


def _question(number: str, body: bytes, cause: MessageContext) -> Message:
    return Message(
        body,
        headers={"ce-id": number, "ce-correlationid": str(cause.correlation_id)},
        content_type="application/json",
        correlation_id=number,
        reply_to=REPLY_TO,
        # Nobody waits for an answer to an older question.
        expiration=timedelta(seconds=ANSWER_SECONDS),
        delivery_mode=DeliveryMode.NOT_PERSISTENT,
    )


class RpcServer:
    """One restricted queue and who answers there."""

    def __init__(self, queue: str, answer: RpcEndpoint, context: ConsumerContext) -> None:
        self.queue = queue
        self._answer = answer
        self._context = context
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def receive(self, message: RabbitMessage) -> None:
        """Answer one question. It never comes twice: a late answer has nobody waiting for it.

        Whoever asks past the exchange of the question, where rights are checked, is told nothing.
        """
        if not was_asked_by_right(message, self.queue):
            log.error("rpc.misrouted", queue=self.queue)
            await self._let_go(message)
            return
        correlation_id = as_uuid(message.headers.get("ce-correlationid"))
        try:
            with new_context(correlation_id):
                await self._reply(message)
        except Exception as error:  # noqa: BLE001 - a handler may raise anything; who asked runs into its time limit
            log.warning("rpc.unanswered", queue=self.queue, **error_fields(error))
        finally:
            await self._let_go(message)

    async def _let_go(self, message: RabbitMessage) -> None:
        with suppress(*TRANSIENT_ERRORS):
            await message.ack()

    async def _reply(self, message: RabbitMessage) -> None:
        questions = [self._read(value) for value in _parse_list(message.body)]
        async with self._turns:
            answers = iter(await self._answer_many([one for one in questions if one is not None]))
        given = [None if one is None else _to_json(next(answers)) for one in questions]
        body = json.dumps(given).encode()
        await self._context.publisher.reply(message.reply_to, message.correlation_id, body)

    def _read(self, value: Any) -> BaseModel | None:
        """A question; None for one that is none, so that the others are answered."""
        try:
            return _validate(self._answer.question, value)
        except (InvalidMessage, TimeoutError) as error:
            log.warning("rpc.unreadable", queue=self.queue, **error_fields(error))
            return None

    async def _answer_many(self, questions: Sequence[BaseModel]) -> Sequence[BaseModel | None]:
        """An answer for each, in one transaction; where one fails, each alone, and None for it."""
        works = [partial(self._answer.handler, question) for question in questions]
        try:
            return await self._commit(works)
        except Exception as error:
            if len(works) == 1 or is_transient(error):
                raise
            log.warning("rpc.answered_singly", queue=self.queue, **error_fields(error))
        return [await self._answer_alone(work) for work in works]

    async def _answer_alone(self, work: Work) -> BaseModel | None:
        try:
            answers = await self._commit([work])
        except Exception as error:  # noqa: BLE001 - a handler may raise anything; the other questions are answered
            log.warning("rpc.unanswered", queue=self.queue, **error_fields(error))
            return None
        return answers[0]

    async def _commit(self, works: Sequence[Work]) -> Sequence[BaseModel]:
        transactions = self._context.transactions
        return await commit_together(transactions, [(work, copy_context()) for work in works])


def _to_json(answer: BaseModel | None) -> Any:
    return answer.model_dump(mode="json") if answer else None


def _parse_list(body: bytes) -> list[Any]:
    try:
        values = json.loads(body)
    except ValueError:
        raise InvalidMessage("not JSON") from None
    if not isinstance(values, list):
        raise InvalidMessage("not a list")
    return values


def _validate(model: type[A], value: Any) -> A:
    """Raises InvalidMessage; TimeoutError for None, which stands where nobody could answer."""
    if value is None:
        raise TimeoutError
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidMessage(
            f"not a {model.__name__}: {validation_summary(model, error)}"
        ) from None
