"""Pairs in the tables and events of matching."""

from typing import Any
from uuid import UUID

import asyncpg

from shared.contracts.events import PairConfirmed, PairProposed
from tests.support.service_harness import ServiceHarness


async def pairs_told(matching: ServiceHarness) -> list[PairConfirmed]:
    """Pairs confirmed since the last call; each must have been proposed just before."""
    events = await matching.take_events()
    proposed = [event for event in events if isinstance(event, PairProposed)]
    confirmed = [event for event in events if isinstance(event, PairConfirmed)]
    assert [event.pair_id for event in proposed] == [event.pair_id for event in confirmed]
    return confirmed


async def state_of(matching: ServiceHarness, request_id: UUID) -> str | None:
    state: str | None = await matching.pool.fetchval(
        "SELECT state FROM requests WHERE request_id = $1", request_id
    )
    return state


async def count_taken(matching: ServiceHarness, mentor_id: UUID) -> int | None:
    places: int | None = await matching.pool.fetchval(
        "SELECT taken FROM mentors WHERE mentor_id = $1", mentor_id
    )
    return places


async def rounds(matching: ServiceHarness) -> list[asyncpg.Record]:
    """All rounds, the oldest first."""
    return list(await matching.pool.fetch("SELECT * FROM rounds ORDER BY requested_at, round_id"))


async def last_round(matching: ServiceHarness) -> asyncpg.Record:
    return (await rounds(matching))[-1]


async def lapse(matching: ServiceHarness) -> None:
    """Let the lease of every round be over."""
    await matching.pool.execute("UPDATE rounds SET lease_until = now() - interval '1 s'")


async def is_claimed(matching: ServiceHarness) -> bool:
    return (await last_round(matching))["claim"] is not None


def metric(matching: ServiceHarness, name: str, **labels: str) -> Any:
    """A figure from this process's metrics; None where nothing was counted."""
    registry = matching.runtime.metrics.registry
    return registry.get_sample_value(f"binome_matching_{name}", labels)
