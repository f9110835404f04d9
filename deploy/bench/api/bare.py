"""The bare insert: `uvicorn deploy.bench.api.bare:app`. One registration, one row, 202.

It has no key, no idempotency, no limits, no sealing and no event: what FastAPI, pydantic and
asyncpg cost at the least. `BENCH_DATABASE_URL` names its database.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
from fastapi import FastAPI, Request

from deploy.bench.pipeline.minimum.tables import Registration

TABLES = "CREATE TABLE registrations (id uuid PRIMARY KEY, body json NOT NULL)"
_INSERT = "INSERT INTO registrations (id, body) VALUES ($1, $2)"


@asynccontextmanager
async def _open_pool(served: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"]) as pool:
        served.state.pool = pool
        yield


app = FastAPI(lifespan=_open_pool)


@app.get("/ready")
async def is_ready() -> dict[str, bool]:
    """For whoever waits until it serves."""
    return {"ready": True}


@app.post("/registrations", status_code=202)
async def register(entry: Registration, request: Request) -> dict[str, str]:
    """Keep one registration."""
    subject = uuid4()
    await request.app.state.pool.execute(_INSERT, subject, entry.model_dump_json())
    return {"request_id": str(subject)}
