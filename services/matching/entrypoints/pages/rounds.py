"""`/rounds`: how many wait, how many places are free, how the last rounds went and whom to recruit.

The page is open: it holds figures only. What names people, if only by their ids (the prices of a
certificate name mentors), is for associations that are signed in.
"""

import asyncio
from collections.abc import Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response

from services.matching.domain.policy import policy_from
from services.matching.domain.recruiting import Signal, rank_signals
from services.matching.entrypoints.pages.page_templates import TEMPLATES
from services.matching.gateways.certificate_data import certificate_from
from services.matching.gateways.certificate_file import certificate_text
from services.matching.store import History
from services.matching.store.blocks import Blocks
from services.matching.store.evidence import RoundArchive
from services.matching.store.signals import PoolSignal, Signals
from services.matching.use_cases.compute_signal import compute_latest_signal
from shared.service.definition import WorkerContext
from shared.service.dependencies import runtime_of
from shared.web import with_current_language
from shared.web.sessions import current_session

ROUNDS_SHOWN = 12
DAYS_SHOWN = 14
KINDS_SHOWN = 8
PATIENCE_SECONDS = 3.0
"""For a first signal; afterwards the last one is shown while the next is worked out."""

router = APIRouter(include_in_schema=False)
_weighing: set[asyncio.Task[None]] = set()
"""Kept until they end: the loop alone would let them be collected."""


@router.get("/rounds")
async def rounds(request: Request) -> Response:
    """Figures of pools and rounds; nothing of anybody."""
    runtime = runtime_of(request)
    pools = await _signals(runtime)
    async with runtime.begin() as tx:
        history = History(tx.connection)
        page = {
            "now": await history.now(),
            "days": await history.latest_days(DAYS_SHOWN),
            "rounds": await history.latest_rounds(ROUNDS_SHOWN),
            "named": await current_session(request) is not None,
            "seen_at": pools[0].held_at if pools else None,
            "signals": _most_worth(pools),
            "set_aside": await Blocks(tx.connection).summary(),
        }
    return _render(request, "rounds.html", page)


@router.get("/rounds/{round_id}")
async def one_round(request: Request, round_id: UUID) -> Response:
    """One round: its figures, its proof in plain words, its policy."""
    async with runtime_of(request).begin() as tx:
        summary = await History(tx.connection).one(round_id)
        signals = await Signals(tx.connection).of_round(round_id)
    if summary is None:
        raise HTTPException(404)
    page = {
        "round": summary,
        "policy": policy_from(summary.policy),
        "signals": (signals or ())[:KINDS_SHOWN],
        "may_download": await current_session(request) is not None,
    }
    return _render(request, "round.html", page)


@router.get("/rounds/{round_id}/certificate.json")
async def certificate(request: Request, round_id: UUID) -> Response:
    """The proof as `binome verify` reads it, for associations: its prices name mentors by id."""
    if await current_session(request) is None:
        return _sign_in_first(request)
    async with runtime_of(request).begin() as tx:
        stored = await RoundArchive(tx.connection).get(round_id)
    if stored is None or stored.certificate is None:
        raise HTTPException(404)
    named = {"Content-Disposition": f'attachment; filename="certificate-{round_id}.json"'}
    text = certificate_text(certificate_from(stored.certificate))
    return Response(text, media_type="application/json", headers=named)


def _render(request: Request, template: str, page: dict[str, Any]) -> Response:
    own = {"here": lambda path: with_current_language(path, request)}
    return TEMPLATES.TemplateResponse(request, template, page | own)


async def _signals(runtime: WorkerContext) -> Sequence[PoolSignal]:
    """The latest signals; where there is none at all, the first is waited for a moment."""
    task = asyncio.create_task(compute_latest_signal(runtime))
    _weighing.add(task)
    task.add_done_callback(_weighing.discard)
    signals = await _latest_signals(runtime)
    if signals:
        return signals
    await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
    return await _latest_signals(runtime)


async def _latest_signals(runtime: WorkerContext) -> Sequence[PoolSignal]:
    async with runtime.begin() as tx:
        return await Signals(tx.connection).latest()


def _most_worth(pools: Sequence[PoolSignal]) -> Sequence[tuple[str, Signal]]:
    """The kinds worth most in all pools, each with the programme it is wanted in."""
    programme = {id(signal): pool.programme for pool in pools for signal in pool.signals}
    every = rank_signals(chain.from_iterable(pool.signals for pool in pools))
    return [(programme[id(signal)], signal) for signal in every[:KINDS_SHOWN]]


def _sign_in_first(request: Request) -> Response:
    door = runtime_of(request).settings.base_url("registration") + "/associations"
    return TEMPLATES.TemplateResponse(request, "sign_in.html", {"door": door}, status_code=403)
