"""What is sent again under its key is answered as the first time; nothing is made twice.

One rule for partners' requests, with their `Idempotency-Key`, and for the forms of our pages, with
a hidden key of their own: the same key with the same body gets the same answer, with another body
it is refused by name, and without a key everything is new. The key and its answer are committed
together with what they are about. So it does not matter whether two come at once, to which replica
they come, or whether a crash lost the answer. (Messages on `partners.in` follow the same
rule by their `ce-id`, in `shared.messaging.external_queue`; rows of a file by their `id`.)
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registration.store import GivenAnswer, GivenAnswers
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

REGISTRATION_FORM = ":form"
CONTACT_FORM = ":contact"
"""Senders of what our pages send; a colon stands in no partner's name."""


class KeyReused(Exception):
    """The key came before with another body, or with one of somebody erased since."""


@dataclass(frozen=True)
class Sent:
    """Something with a key. `sender`: a partner, or a page. `key` is empty where there is none."""

    sender: str
    key: str
    body: bytes


def sent_form(sender: str, key: str, values: Mapping[str, Any]) -> Sent:
    """The answers of a form. Its key, which we do not keep, goes into what is hashed: so nobody
    can find out from the hash, by trying, what was typed."""
    answers = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return Sent(sender, key, f"{key} {answers}".encode())


async def answer_again(sent: Sent, tx: Transaction) -> GivenAnswer | None:
    """What this was answered before; whoever sends the same at once waits for it here.

    Raises KeyReused.
    """
    if not sent.key:
        return None
    given = await GivenAnswers(tx.connection).find(sent.sender, digest_of(sent.key.encode()))
    if given and given.body_hash != digest_of(sent.body):
        raise KeyReused
    return given


async def keep_answer(
    sent: Sent, side: Side, subject: UUID, tx: Transaction, receipt: UUID | None = None
) -> None:
    """Remember what this was answered: about whom, and for a form with which receipt."""
    if sent.key:
        answer = GivenAnswer(digest_of(sent.body), side, subject, receipt)
        key_hash = digest_of(sent.key.encode())
        await GivenAnswers(tx.connection).add(sent.sender, key_hash, answer, tx.now)


def digest_of(text: bytes) -> bytes:
    """How keys, and what came under them, are stored."""
    return hashlib.sha256(text).digest()
