"""Answering restricted questions: nothing is stored, and who gets no answer asks again."""

import asyncio
from contextlib import suppress

import structlog
from faststream.rabbit import RabbitMessage
from pydantic import ValidationError

from shared.messaging.context import ConsumerContext
from shared.messaging.correlation import as_uuid, new_context
from shared.messaging.envelope import InvalidMessage, validation_summary
from shared.messaging.routes import was_asked_by_right
from shared.service.definition import RpcEndpoint
from shared.service.errors import TRANSIENT_ERRORS, error_fields

AT_ONCE = 4
"""Requests in work at a time; others wait, so endpoints and handlers find a connection."""

log = structlog.get_logger()


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
            log.error("question.misrouted", queue=self.queue)
            await self._let_go(message)
            return
        correlation_id = as_uuid(message.headers.get("ce-correlationid"))
        try:
            with new_context(correlation_id):
                await self._reply(message)
        except Exception as error:  # noqa: BLE001 - a handler may raise anything; who asked runs into its time limit
            log.warning("question.unanswered", queue=self.queue, **error_fields(error))
        finally:
            await self._let_go(message)

    async def _let_go(self, message: RabbitMessage) -> None:
        with suppress(*TRANSIENT_ERRORS):
            await message.ack()

    async def _reply(self, message: RabbitMessage) -> None:
        try:
            question = self._answer.question.model_validate_json(message.body)
        except ValidationError as error:
            kind = self._answer.question
            raise InvalidMessage(
                f"not a {kind.__name__}: {validation_summary(kind, error)}"
            ) from None
        async with self._turns, self._context.transactions.begin() as tx:
            given = await self._answer.handler(question, tx)
        body = given.model_dump_json().encode()
        await self._context.publisher.reply(message.reply_to, message.correlation_id, body)
