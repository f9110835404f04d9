"""Letters from outside: whatever is wrong with one goes back to its sender as a refusal.

A body may hold a person. So nothing copies it: neither onto the retry ladder nor to the parked
messages. While our own database is away consuming pauses, and a letter stays unacknowledged where
it is. A letter is known by its sender's id and its body: the same again is a repeat, another body
under a used id is refused by name.
"""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from faststream.rabbit import RabbitMessage

from shared.messaging.batch import Away, GroupCommit
from shared.messaging.consumer import Subscription, origin
from shared.messaging.context import Workplace
from shared.messaging.envelope import Cause, as_text, as_uuid
from shared.messaging.routes import came_by_inlet
from shared.persistence.transaction import Transaction, claim_letter_id
from shared.service.definition import ForeignLetter, Inlet
from shared.service.errors import described, is_fault_of_ours
from shared.service.tasks import wait_for

EVENT_ID_REUSED = "event_id_reused"
UNREADABLE = "unreadable"
ATTEMPTS = 2
"""Two letters at once can be in each other's way; alone, the second attempt goes through."""

log = structlog.get_logger()


class InletSubscription(Subscription):
    """One inlet with its handler, and its refusals for what the handler fails on."""

    def __init__(self, inlet: Inlet, place: Workplace) -> None:
        super().__init__(
            inlet.queue,
            partial(_letter_of, inlet),
            partial(take_letter, inlet),
            place,
            is_fault_of_ours,
        )
        self._exchange = inlet.exchange
        self._refusals = GroupCommit(
            inlet.queue, partial(_refuse_unreadable, inlet), place, is_fault_of_ours
        )

    @property
    def groups(self) -> list[GroupCommit]:
        return [self.group, self._refusals]

    async def _settled(self, message: RabbitMessage) -> str:
        """Whoever is written in a letter that came past its exchange did not send it: nobody can
        be told, and its body is kept nowhere."""
        if not came_by_inlet(message, self._exchange, self._place.service, self.queue):
            log.error("letter.misrouted", queue=self.queue)
            return "refused"
        return await super()._settled(message)

    async def _worked_off(self, message: RabbitMessage, cause: Cause, content: Any) -> str:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return "done" if await self.group.bring(cause, content) else "repeated"
            except Away:
                raise  # `receive` gives it back to its queue
            except Exception as error:
                log.error(
                    "letter.unreadable", queue=self.queue, attempt=attempt, **described(error)
                )
        return await self._refuse(cause, content)

    async def _refuse(self, cause: Cause, letter: ForeignLetter) -> str:
        try:
            await self._refusals.bring(cause, letter)
        except Away:
            raise
        except Exception as error:
            # A mistake of ours: the letter waits in its queue until it is mended.
            log.error("letter.unrefused", queue=self.queue, **described(error))
            await wait_for(self._place.stopping, self._place.pace.hold_step)
            raise
        return "refused"


async def take_letter(inlet: Inlet, letter: ForeignLetter, tx: Transaction) -> None:
    """Hand a letter to its handler, unless its id came before with another body."""
    if await _claim_id(inlet, letter, tx):
        await inlet.handler(letter, tx)
    else:
        await inlet.refuse(letter, EVENT_ID_REUSED, tx)


async def _refuse_unreadable(inlet: Inlet, letter: ForeignLetter, tx: Transaction) -> None:
    await inlet.refuse(letter, UNREADABLE, tx)


async def _claim_id(inlet: Inlet, letter: ForeignLetter, tx: Transaction) -> bool:
    """False when the sender used this id for another body."""
    if letter.sender_id is None:
        return True
    digest = sha256(letter.body).digest()
    return await claim_letter_id(tx.connection, inlet.queue, letter.sender_id, digest)


def _letter_of(inlet: Inlet, message: RabbitMessage) -> tuple[Cause, ForeignLetter]:
    """A foreign letter is never unreadable here: its handler refuses with a reason."""
    return read_letter(origin(message, inlet.queue), message.headers, message.body)


def read_letter(key: str, headers: Mapping[str, Any], body: bytes) -> tuple[Cause, ForeignLetter]:
    """A letter with ids of ours: two partners may use the same one, and many use none."""
    written = as_text(headers.get("ce-id"))
    sender_id = uuid5(NAMESPACE_URL, f"{key}:{written}") if written else None
    event_id = _event_id(key, written, body)
    correlation = as_uuid(headers.get("ce-correlationid")) or event_id
    return Cause(event_id, correlation), ForeignLetter(key, event_id, headers, body, sender_id)


def _event_id(key: str, written: str, body: bytes) -> UUID:
    return uuid5(NAMESPACE_URL, f"{key}:{written}:{sha256(body).hexdigest()}")
