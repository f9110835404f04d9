"""One service as one ASGI process: its endpoints, and its parts in the lifespan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared.persistence.migrate import is_migrated
from shared.service import logging
from shared.service.asyncapi import router_for
from shared.service.body_limit import BodyLimit
from shared.service.definition import Service
from shared.service.errors import DATABASE_ERRORS, TRANSIENT_ERRORS, error_fields
from shared.service.middleware import (
    RequestContextMiddleware,
    SwallowAfterResponse,
    add_unavailable_handler,
)
from shared.service.problems import Problem, install_problems, problem_response
from shared.service.process import ServiceProcess
from shared.service.rate_limits import LinkGuessLimit
from shared.service.settings import Settings, load
from shared.web import OwnAddress, SecurityHeaders, add_error_pages, mount_static, pages

READY_SECONDS = 5.0
DOOR_SECONDS = 8
"""For answers in hand when the service stops; with RuntimePolicy.shutdown_timeout twice it stays
below 30 s."""
LOOK = pages(Path(__file__).parents[1] / "web" / "templates")

log = structlog.get_logger()
health = APIRouter(include_in_schema=False)


def build(service: Service, settings: Settings | None = None) -> FastAPI:
    """The ASGI application of a service. Raises SettingsFault when a setting is wrong."""
    runtime = ServiceProcess(service, settings or load(service.settings, service.name))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with runtime.running():
            yield

    app = FastAPI(
        title=f"Binôme · {service.name}",
        description=service.mission,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.runtime = runtime
    app.state.links = runtime.bases
    mount_static(app)
    add_error_pages(app, LOOK)
    install_problems(app, LOOK)
    add_unavailable_handler(app, LOOK)
    app.add_middleware(LinkGuessLimit, runtime=runtime, answer=_problem_response)
    app.add_middleware(BodyLimit, answer=_problem_response)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestContextMiddleware, metrics=runtime.metrics)
    app.add_middleware(OwnAddress, base=runtime.settings.base_url(service.name))
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=runtime.settings.proxies)
    for router in (health, router_for(service), *service.routers):
        app.include_router(router)
    return app


def serve(service: Service) -> None:
    """Run a service in the foreground until SIGTERM or SIGINT; what is in hand is finished."""
    import uvicorn  # noqa: PLC0415 - commands and tests build applications without a server

    settings = load(service.settings, service.name)
    logging.configure(service.name, settings.log_level)
    uvicorn.run(
        SwallowAfterResponse(build(service, settings)),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # `build` decides whose word counts
        timeout_graceful_shutdown=DOOR_SECONDS,
    )


def _process_of(request: Request) -> ServiceProcess:
    process: ServiceProcess = request.app.state.runtime
    return process


def _problem_response(
    request: Request, problem: Problem, headers: dict[str, str] | None = None
) -> Response:
    return problem_response(request, problem, LOOK, headers)


@health.get("/health/live")
async def live() -> dict[str, str]:
    """The process runs. Nothing more is asked, so an outage elsewhere does not restart it."""
    return {"status": "live"}


@health.get("/health/ready")
async def ready(request: Request) -> Response:
    """Ready when the migrated database answers and every queue has a consumer of this process."""
    runtime = _process_of(request)
    checks = {"database": await _database(runtime), **await _consumers(runtime)}
    good = all(checks.values()) and not runtime.stopping.is_set()
    body: dict[str, Any] = {
        "status": "ready" if good else "not ready",
        "checks": checks,
        "attention": _nonzero(runtime.attention),
    }
    return JSONResponse(body, status_code=200 if good else 503)


def _nonzero(attention: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """What needs a human: it is told here, yet no reason to take the process away."""
    return {
        name: unowned
        for name, counts in attention.items()
        if (unowned := {kind: count for kind, count in counts.items() if count})
    }


async def _database(runtime: ServiceProcess) -> bool:
    try:
        async with asyncio.timeout(READY_SECONDS):
            return await is_migrated(runtime.pool)
    except DATABASE_ERRORS as error:
        log.warning("database.unreachable", **error_fields(error))
        return False


async def _consumers(runtime: ServiceProcess) -> dict[str, bool]:
    try:
        async with asyncio.timeout(READY_SECONDS):
            alive = await runtime.listener.consumers()
    except TRANSIENT_ERRORS as error:
        log.warning("broker.unreachable", **error_fields(error))
        return {"broker": False, "consumers": False}
    return {"broker": True, "consumers": all(alive.values())}


@health.get("/metrics")
async def metrics(request: Request) -> Response:
    """Metrics in Prometheus' text format."""
    return Response(
        generate_latest(_process_of(request).metrics.registry), media_type=CONTENT_TYPE_LATEST
    )
