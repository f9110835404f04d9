"""What the subscriptions of one process share."""

import asyncio
from dataclasses import dataclass, field

from shared.messaging.policy import Pace
from shared.messaging.publisher import Publisher
from shared.persistence.transaction import Transactions
from shared.service.metrics import Metrics


@dataclass(frozen=True)
class Workplace:
    """`publisher` sets messages aside; `stopping` is set when the process is to end."""

    service: str
    transactions: Transactions
    publisher: Publisher
    metrics: Metrics
    pace: Pace
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
