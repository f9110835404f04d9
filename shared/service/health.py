"""What an orchestrator and a monitoring server ask a process: alive, ready, metrics."""

import asyncio
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.persistence.migrate import is_migrated
from shared.service.errors import DATABASE_ERRORS, TRANSIENT_ERRORS, error_fields
from shared.service.process import ServiceProcess

READY_SECONDS = 5.0
"""For the answer of the database, and for that of the broker."""

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process runs. Nothing more is asked, so an outage elsewhere does not restart it."""
    return {"status": "live"}


@router.get("/health/ready")
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
        name: found
        for name, counts in attention.items()
        if (found := {kind: count for kind, count in counts.items() if count})
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


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Metrics in Prometheus' text format."""
    return Response(
        generate_latest(_process_of(request).metrics.registry), media_type=CONTENT_TYPE_LATEST
    )


def _process_of(request: Request) -> ServiceProcess:
    process: ServiceProcess = request.app.state.runtime
    return process
