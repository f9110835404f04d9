"""What the subscriptions of one process share."""

import asyncio
from dataclasses import dataclass, field

from shared.runtime.metrics import Metrics
from shared.runtime.pace import Pace
from shared.runtime.publisher import Publisher
from shared.runtime.transaction import Transactions


@dataclass(frozen=True)
class Workplace:
    """`publisher` sets messages aside; `stopping` is set when the process is to end."""

    service: str
    transactions: Transactions
    publisher: Publisher
    metrics: Metrics
    pace: Pace
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
