"""How a service describes itself: what it subscribes to, publishes, answers, serves and runs
beside."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel

from shared.contracts.events.base import Event
from shared.messaging.policy import RuntimePolicy
from shared.persistence.limits import LimitKeys
from shared.persistence.transaction import Transaction, TransactionFactory
from shared.service.clock import Clock
from shared.service.metrics import Metrics
from shared.service.settings import Settings
from shared.web.signed_links import LinkSigner

A = TypeVar("A", bound=BaseModel)

Handler = Callable[[Any, Transaction], Awaitable[None]]
"""`async def pool_request(event: RequestConfirmed, tx: Transaction) -> None`"""

TimerHandler = Callable[["Timer", Transaction], Awaitable[None]]
Worker = Callable[["WorkerContext"], Awaitable[None]]
"""A loop beside the entrypoints; it ends soon after `runtime.stopping` is set."""


@dataclass(frozen=True)
class Timer:
    """A timer that has come due. `due` may lie in the past: late rather than never."""

    kind: str
    key: str
    due: datetime
    payload: dict[str, Any]


@dataclass(frozen=True)
class InboundMessage:
    """A message from outside, as it came: nothing about it is certain but its routing key."""

    routing_key: str
    event_id: UUID
    headers: Mapping[str, Any]
    body: bytes
    sender_id: UUID | None = None
    """Made of the sender's own id (`ce-id`); None where it gave none."""


@dataclass(frozen=True)
class ExternalQueue:
    """A queue through which outsiders (partners) write to us. Its handler judges the body.

    `refuse` tells the sender why a message is not taken, by a code: `event_id_reused` for another
    body under a used id, `unreadable` where the handler failed on it.
    """

    queue: str
    exchange: str
    keys: tuple[str, ...]
    handler: Callable[[InboundMessage, Transaction], Awaitable[None]]
    refuse: Callable[[InboundMessage, str, Transaction], Awaitable[None]]


@dataclass(frozen=True)
class RpcEndpoint:
    """An RPC that this service serves: `(request, tx) -> reply`."""

    question: type[BaseModel]
    handler: Callable[[Any, Transaction], Awaitable[BaseModel]]


@dataclass(frozen=True)
class Service:
    """One service, as its `service.py` declares it.

    `package` is its Python package (migrations live in `<package>/migrations`). `subscribes` maps
    each event to its handler; the queue is `<name>.<topic>`.
    """

    name: str
    package: str
    mission: str
    settings: type[Settings] = Settings
    subscribes: Mapping[type[Event], Handler] = field(default_factory=dict)
    publishes: tuple[type[Event], ...] = ()
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    external_queues: tuple[ExternalQueue, ...] = ()
    rpc_endpoints: Mapping[str, RpcEndpoint] = field(default_factory=dict)
    rpc_calls: tuple[str, ...] = ()
    """Queues of the RPCs of other services that this service calls."""
    routers: tuple[APIRouter, ...] = ()
    workers: tuple[Worker, ...] = ()
    databases: Mapping[str, str] = field(default_factory=dict)
    """Further databases: environment variable with the address → folder below `migrations`."""
    records: tuple[str, ...] = ()
    """Tables of record: this service adds rows and never changes or deletes one (`grants.py`)."""
    resources: tuple[Callable[[], AbstractAsyncContextManager[None]], ...] = ()
    """What is open as long as the service runs, beside its database."""
    outstanding: Mapping[str, str] = field(default_factory=dict)
    """Name → SQL that counts work begun and not yet done; shown by metrics."""
    unowned: Mapping[str, str] = field(default_factory=dict)
    """Name → SQL that counts what is open and has no next action with a date and an owner: always
    0. `$1`, where it stands, is now. Shown by `binome status`, a metric and an alert."""
    set_aside: Mapping[str, str] = field(default_factory=dict)
    """Name → SQL that counts what could not be told or read, and waits for an operator while all
    others go on. Shown by `binome status`, a metric and an alert."""

    def queue(self, event: type[Event]) -> str:
        """Name of the queue in which this service gets that event."""
        return f"{self.name}.{event.topic}"

    def working_queues(self) -> list[str]:
        """Every queue whose messages this service brings to an end."""
        return [self.queue(event) for event in self.subscribes] + [
            external.queue for external in self.external_queues
        ]


class WorkerContext(Protocol):
    """What workers, use cases and pages may use of the process that they run in."""

    service: Service
    settings: Settings
    policy: RuntimePolicy
    clock: Clock
    bases: dict[str, str]
    """Address of each service's pages, without a slash at the end."""
    links: LinkSigner
    limit_keys: LimitKeys
    metrics: Metrics
    stopping: asyncio.Event
    attention: dict[str, dict[str, int]]
    """What was last counted as without a next action, or set aside, by kind."""
    pool: asyncpg.Pool
    transactions: TransactionFactory

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction for a page or a worker."""

    async def call(self, queue: str, question: BaseModel, answer: type[A]) -> A:
        """Call an RPC of another service.

        Raises one of `errors.TRANSIENT_ERRORS`; TimeoutError when nobody answers in time.
        """

    async def call_together(self, queue: str, question: BaseModel, answer: type[A]) -> A:
        """The same for a question that is answered at once: it travels with others that wait."""
