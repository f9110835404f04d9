"""Restricted questions between services, over the broker's direct reply: nothing is stored.

The question carries an id; the answer, which may hold an address, goes straight to the asker's
connection and is never queued. This is the only way personal data moves inside the house.
"""

import asyncio
from typing import TypeVar

from faststream.rabbit import RabbitBroker, RabbitExchange
from pydantic import BaseModel

from shared.runtime.topology import QUESTIONS

ANSWER_SECONDS = 5.0
_QUESTIONS = RabbitExchange(QUESTIONS, declare=False)
A = TypeVar("A", bound=BaseModel)


class Desk:
    """Asks questions on a connection of its own, opened at the first question."""

    def __init__(self, url: str) -> None:
        self._broker = RabbitBroker(url, apply_types=False, logger=None)
        self._opening = asyncio.Lock()
        self._open = False

    async def ask(self, queue: str, question: BaseModel, answer: type[A]) -> A:
        """The answer to a question. Raises TimeoutError, or the connection's errors."""
        await self._connect()
        async with asyncio.timeout(ANSWER_SECONDS + 1):
            reply = await self._broker.request(
                question.model_dump_json().encode(),
                routing_key=queue,
                exchange=_QUESTIONS,
                timeout=ANSWER_SECONDS,
            )
        return answer.model_validate_json(reply.body)

    async def _connect(self) -> None:
        async with self._opening:
            if not self._open:
                await self._broker.connect()
                await self._broker.start()
                self._open = True

    async def close(self) -> None:
        if self._open:
            await self._broker.stop()
