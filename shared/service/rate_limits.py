"""Limits at HTTP endpoints: who asks too often is told when to come back."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from math import ceil

import structlog
from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.persistence.limits import HOUR, Limit, Use, limits_free_at, network_of, use_limits
from shared.service.definition import WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields
from shared.service.problems import Problem
from shared.web.signed_links import PATHS

CLOSED_LINK = 410
Answer = Callable[[Request, Problem], Response]

log = structlog.get_logger()


def client_address(request: Request) -> str:
    """Who asks: the peer, or whom a trusted proxy names (`BINOME_TRUSTED_PROXIES`)."""
    return request.client.host if request.client else ""


def network_use(request: Request, limit: Limit) -> Use:
    """One use of a limit by the network that asks."""
    runtime: WorkerContext = request.app.state.runtime
    return runtime.limit_keys.use(limit, "network", network_of(client_address(request)))


def seconds_until(free_at: datetime, runtime: WorkerContext) -> int:
    """Whole real seconds until there is room again, at least 1: what Retry-After says."""
    return max(1, ceil(runtime.clock.real_seconds(free_at)))


async def seconds_to_wait(request: Request, uses: Iterable[Use]) -> int | None:
    """Count these uses, in a transaction of their own. None: go on; else how long to wait."""
    runtime: WorkerContext = request.app.state.runtime
    async with runtime.begin() as tx:
        free_at = await use_limits(tx.connection, uses, tx.now)
    return None if free_at is None else seconds_until(free_at, runtime)


async def check_limits(request: Request, uses: Iterable[Use]) -> None:
    """Count these uses. Raises the 429 problem when one of them has no room left."""
    wait = await seconds_to_wait(request, uses)
    if wait is not None:
        raise too_many(wait)


def per_network(rule: str, setting: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency: at most as many requests an hour from one network as the setting says."""

    async def check_limit(request: Request) -> None:
        runtime: WorkerContext = request.app.state.runtime
        most: int = getattr(runtime.settings, setting)
        await check_limits(request, [network_use(request, Limit(rule, most, HOUR))])

    return check_limit


def too_many(wait: int) -> Problem:
    """The refusal, in seconds until it is worth trying again."""
    detail = f"The limit is reached. Try again in {wait} seconds (Retry-After)."
    return Problem(429, "too_many_requests", "Trop de demandes", detail, retry_after=wait)


class LinkGuessLimit:
    """ASGI middleware: a network that asks for many links that do not exist has to wait.

    Only answers that a link is closed are counted, so a whole school may open its own links.
    While the database is away nothing is counted: the pages cannot answer either.
    """

    def __init__(self, app: ASGIApp, runtime: WorkerContext, answer: Answer) -> None:
        self._app = app
        self._runtime = runtime
        self._answer = answer
        self._limit = Limit("link_guesses", runtime.settings.limit_link_guesses, HOUR)
        self._paths = tuple(path.partition("{")[0] for _, path in PATHS.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request within the limits of its path, else refuse with 429."""
        if scope["type"] != "http" or not scope["path"].startswith(self._paths):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        wait = await self._wait(request)
        if wait is not None:
            await self._answer(request, too_many(wait))(scope, receive, send)
            return
        status = 0

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, send_and_note)
        if status == CLOSED_LINK:
            await self._count(request)

    async def _wait(self, request: Request) -> int | None:
        use, now = network_use(request, self._limit), self._runtime.clock.now()
        try:
            async with self._runtime.pool.acquire() as connection:
                free_at = await limits_free_at(connection, [use], now)
        except TRANSIENT_ERRORS as error:
            log.warning("limits.unreachable", **error_fields(error))
            return None
        return None if free_at is None else seconds_until(free_at, self._runtime)

    async def _count(self, request: Request) -> None:
        try:
            await seconds_to_wait(request, [network_use(request, self._limit)])
        except TRANSIENT_ERRORS as error:
            log.warning("limits.unreachable", **error_fields(error))
