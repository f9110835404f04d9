"""Brevo's HTTP format, exactly, and what each of its answers means."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
import pytest
import respx

from services.notification.domain.outgoing_message import Parcel
from services.notification.gateways.brevo import BrevoCarrier
from services.notification.gateways.message_gateway import (
    Finding,
    Later,
    Outcome,
    Refused,
    Taken,
    Unsure,
)

BASE = "https://api.brevo.example/v3"
SEND = f"{BASE}/transactionalSMS/send"
EVENTS = f"{BASE}/transactionalSMS/statistics/events"
PARCEL = Parcel(
    uuid4(), "mentee_registered", "sms", "+33639980001", "Ta demande est bien arrivée.",
    datetime(2026, 1, 10, 9, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def brevo() -> BrevoCarrier:
    return BrevoCarrier(BASE, "xkeysib-invented", "Binome", timeout=1.0, absence_seconds=900.0)


@respx.mock
async def test_it_sends_what_brevo_documents(brevo: BrevoCarrier) -> None:
    route = respx.post(SEND).respond(201, json={"messageId": 1511882900176220})
    assert await brevo.send(PARCEL) == Taken("1511882900176220")
    request = route.calls.last.request
    assert request.headers["api-key"] == "xkeysib-invented"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {
        "sender": "Binome",
        "recipient": "+33639980001",
        "content": "Ta demande est bien arrivée.",
        "type": "transactional",
        "tag": str(PARCEL.id),
    }
    await brevo.close()


@respx.mock
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Taken("7")),
        (400, Refused("brevo-400")),
        (422, Refused("brevo-422")),
        (401, Later("brevo-401")),
        (402, Later("brevo-402")),
        (403, Later("brevo-403")),
        (429, Later("brevo-429")),
        (500, Later("brevo-500")),
        (503, Later("brevo-503")),
        (502, Unsure("brevo-502")),
        (504, Unsure("brevo-504")),
    ],
)
async def test_what_a_status_means(brevo: BrevoCarrier, status: int, outcome: Outcome) -> None:
    respx.post(SEND).respond(status, json={"messageId": 7})
    assert await brevo.send(PARCEL) == outcome
    await brevo.close()


@respx.mock
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError, Later),
        (httpx.ConnectTimeout, Later),
        (httpx.ReadTimeout, Unsure),
        (httpx.RemoteProtocolError, Unsure),
        (httpx.WriteError, Unsure),
    ],
)
async def test_only_a_connection_that_never_stood_is_sure(
    brevo: BrevoCarrier, error: type[httpx.TransportError], kind: type[Outcome]
) -> None:
    respx.post(SEND).mock(side_effect=error("gone"))
    assert isinstance(await brevo.send(PARCEL), kind)
    await brevo.close()


@respx.mock
async def test_taken_without_a_number_is_taken(brevo: BrevoCarrier) -> None:
    respx.post(SEND).respond(201, text="")
    assert await brevo.send(PARCEL) == Taken("")
    await brevo.close()


@respx.mock
@pytest.mark.parametrize(
    ("events", "finding"),
    [
        ([{"event": "sent", "tag": str(PARCEL.id)}], Finding.FOUND),
        ([{"event": "rejected", "tag": [str(PARCEL.id)]}], Finding.FOUND),
        ([{"event": "sent", "tag": str(uuid4())}], Finding.ABSENT),
        ([], Finding.ABSENT),
        (None, Finding.ABSENT),
    ],
)
async def test_it_finds_a_message_by_its_tag(
    brevo: BrevoCarrier, events: object, finding: Finding
) -> None:
    route = respx.get(EVENTS).respond(200, json={"events": events})
    assert await brevo.find(PARCEL.id) is finding
    query = parse_qs(route.calls.last.request.url.query.decode())
    assert json.loads(query["tags"][0]) == [str(PARCEL.id)]
    await brevo.close()


@respx.mock
@pytest.mark.parametrize("answer", [{"status_code": 500}, {"status_code": 200, "text": "<html>"}])
async def test_when_it_cannot_be_asked_nothing_is_concluded(
    brevo: BrevoCarrier, answer: dict[str, object]
) -> None:
    respx.get(EVENTS).respond(**answer)  # type: ignore[arg-type]
    with pytest.raises(OSError, match=r"^\w+$"):
        await brevo.find(PARCEL.id)
    await brevo.close()
