"""Propositions in tests: make them, answer by their links, read their state."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from services.matching.use_cases.publish_round import Publishing
from shared.contracts.events import AnswerAsked, Event, MentorRegistered, RequestConfirmed
from tests.integration.matching.held_rounds import claimed_round, outcome_of
from tests.support.service_harness import ServiceHarness

PROGRAMME = "with_consent"
Couple = tuple[RequestConfirmed, MentorRegistered]


async def propose(
    matching: ServiceHarness, asked: RequestConfirmed, offered: MentorRegistered, score: float = 0.5
) -> int:
    """Publish a round of just this pair; returns how many pairs there are."""
    claimed = await claimed_round(matching, asked.programme)
    publishing = Publishing(matching.runtime, timedelta(hours=1))
    await publishing.accept(claimed, outcome_of([(asked.request_id, offered.mentor_id, score)]))
    return (await publishing.publish(claimed)).pairs


def of_kind(events: list[Event], kind: type[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def page_of(matching: ServiceHarness, event: AnswerAsked) -> str:
    return f"/proposition/{matching.runtime.links.token('proposition', event.answer_id)}"


def pages(matching: ServiceHarness, events: list[Event]) -> dict[str, str]:
    """Side → address, of the propositions among these events (the latest of each side)."""
    return {
        event.side: page_of(matching, event) for event in events if isinstance(event, AnswerAsked)
    }


async def answer(matching: ServiceHarness, page: str, choice: str, **more: str) -> httpx.Response:
    """Tap, and go where the browser is sent."""
    sent = await matching.client.post(page, data={"answer": choice, **more})
    if sent.status_code != 303:
        return sent
    return await matching.client.get(sent.headers["location"])


async def read_page(matching: ServiceHarness, page: str, lang: str = "fr") -> str:
    shown = await matching.client.get(page, params={"lang": lang})
    assert shown.status_code == 200
    return plain(shown)


def plain(response: httpx.Response) -> str:
    """As it is read: without unbreakable spaces, and dates without their markup."""
    return re.sub(r"\s+", " ", re.sub(r"</?time.*?>", "", response.text))


def title(response: httpx.Response) -> str:
    found_title = re.search(r"<h1>(.+?)</h1>", plain(response))
    assert found_title
    return found_title[1]


async def row_of(matching: ServiceHarness, table: str, key: str, value: UUID) -> asyncpg.Record:
    row = await matching.pool.fetchrow(f"SELECT * FROM {table} WHERE {key} = $1", value)
    assert row is not None
    return row


async def ledger(matching: ServiceHarness) -> dict[str, Any]:
    """What must always agree: places taken and pairs that stand, states of people and pairs."""
    wrong_places = await matching.pool.fetchval(
        "SELECT count(*) FROM mentors m WHERE taken <> (SELECT count(*) FROM pairs p"
        " WHERE p.mentor_id = m.mentor_id AND p.ended_at IS NULL)"
    )
    wrong_requests = await matching.pool.fetchval(
        "SELECT count(*) FROM requests r WHERE (state = 'paired') <> EXISTS (SELECT FROM pairs p"
        " WHERE p.request_id = r.request_id AND p.ended_at IS NULL)"
    )
    wrong_ends = await matching.pool.fetchval(
        "SELECT count(*) FROM propositions p JOIN pairs USING (pair_id)"
        " WHERE (p.state IN ('open', 'accepted')) <> (ended_at IS NULL)"
    )
    return {"places": wrong_places, "requests": wrong_requests, "ends": wrong_ends}


IN_ORDER = {"places": 0, "requests": 0, "ends": 0}
