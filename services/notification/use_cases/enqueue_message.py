"""A message that somebody is to get, put into the queue of this service."""

from services.notification.domain.intent import MessageIntent
from services.notification.store import Messages
from shared.persistence.transaction import Transaction


async def enqueue_message(tx: Transaction, intent: MessageIntent) -> None:
    """Keep the intent with its cause; the same intent twice is one message."""
    await Messages(tx.connection).enqueue(intent, tx.cause, tx.now)
