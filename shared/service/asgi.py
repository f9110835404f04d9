"""One service as one ASGI process: its endpoints, and its parts in the lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared.service import health, logging
from shared.service.asyncapi import router_for
from shared.service.body_limit import BodyLimit
from shared.service.definition import Service
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

DRAIN_SECONDS = 8
"""For answers in hand when the service stops; with RuntimePolicy.shutdown_timeout twice it stays
below 30 s."""
TEMPLATES = pages(Path(__file__).parents[1] / "web" / "templates")


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
    add_error_pages(app, TEMPLATES)
    install_problems(app, TEMPLATES)
    add_unavailable_handler(app, TEMPLATES)
    app.add_middleware(LinkGuessLimit, runtime=runtime, answer=_problem_response)
    app.add_middleware(BodyLimit, answer=_problem_response)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestContextMiddleware, metrics=runtime.metrics)
    app.add_middleware(OwnAddress, base=runtime.settings.base_url(service.name))
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=runtime.settings.proxies)
    for router in (health.router, router_for(service), *service.routers):
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
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _problem_response(
    request: Request, problem: Problem, headers: dict[str, str] | None = None
) -> Response:
    return problem_response(request, problem, TEMPLATES, headers)
