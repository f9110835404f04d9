"""Registration behind a real port, with a partner."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from services.registration.service import SERVICE
from shared.service.asgi import build
from tests.browser.registration.actions import KEY
from tests.support.service_harness import HarnessFactory, ServiceHarness


@pytest.fixture
async def harness(make_harness: HarnessFactory) -> ServiceHarness:
    """Registration with a partner who may register people."""
    made = await make_harness(SERVICE)
    await made.pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ('lycees', $1, now())",
        hashlib.sha256(KEY.encode()).digest(),
    )
    return made


@pytest.fixture
async def address(harness: ServiceHarness) -> AsyncIterator[str]:
    app = build(SERVICE, harness.runtime.settings)
    app.state.runtime.__dict__.update(vars(harness.runtime))  # what its middleware holds too
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        # Without its lifespan: the harness has opened the database, and there is no broker.
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[free]))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        await running
