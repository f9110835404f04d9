"""What the subscriptions of one process share."""

import asyncio
from dataclasses import dataclass, field

from shared.messaging.policy import RuntimePolicy
from shared.messaging.publisher import Publisher
from shared.persistence.transaction import TransactionFactory
from shared.service.metrics import Metrics


@dataclass(frozen=True)
class ConsumerContext:
    """`publisher` sets messages aside; `stopping` is set when the process is to end."""

    service: str
    transactions: TransactionFactory
    publisher: Publisher
    metrics: Metrics
    policy: RuntimePolicy
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
