"""Brevo's HTTP format, exactly, and what each of its answers means."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
import pytest
import respx

from services.notification.domain.outgoing_message import OutgoingMessage
from services.notification.gateways.brevo import BrevoGateway
from services.notification.gateways.message_gateway import (
    Accepted,
    DeliveryStatus,
    Rejected,
    SendResult,
    TemporaryFailure,
    Unknown,
)

BASE = "https://api.brevo.example/v3"
SEND = f"{BASE}/transactionalSMS/send"
EVENTS = f"{BASE}/transactionalSMS/statistics/events"
MESSAGE = OutgoingMessage(
    uuid4(), "mentee_registered", "sms", "+33639980001", "Ta demande est bien arrivée.",
    datetime(2026, 1, 10, 9, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def brevo() -> BrevoGateway:
    return BrevoGateway(BASE, "xkeysib-invented", "Binome", timeout=1.0, absence_seconds=900.0)


@respx.mock
async def test_it_sends_what_brevo_documents(brevo: BrevoGateway) -> None:
    route = respx.post(SEND).respond(201, json={"messageId": 1511882900176220})
    assert await brevo.send(MESSAGE) == Accepted("1511882900176220")
    request = route.calls.last.request
    assert request.headers["api-key"] == "xkeysib-invented"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {
        "sender": "Binome",
        "recipient": "+33639980001",
        "content": "Ta demande est bien arrivée.",
        "type": "transactional",
        "tag": str(MESSAGE.id),
    }
    await brevo.close()


@respx.mock
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Accepted("7")),
        (400, Rejected("brevo-400")),
        (422, Rejected("brevo-422")),
        (401, TemporaryFailure("brevo-401")),
        (402, TemporaryFailure("brevo-402")),
        (403, TemporaryFailure("brevo-403")),
        (429, TemporaryFailure("brevo-429")),
        (500, TemporaryFailure("brevo-500")),
        (503, TemporaryFailure("brevo-503")),
        (502, Unknown("brevo-502")),
        (504, Unknown("brevo-504")),
    ],
)
async def test_what_a_status_means(brevo: BrevoGateway, status: int, outcome: SendResult) -> None:
    respx.post(SEND).respond(status, json={"messageId": 7})
    assert await brevo.send(MESSAGE) == outcome
    await brevo.close()


@respx.mock
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError, TemporaryFailure),
        (httpx.ConnectTimeout, TemporaryFailure),
        (httpx.ReadTimeout, Unknown),
        (httpx.RemoteProtocolError, Unknown),
        (httpx.WriteError, Unknown),
    ],
)
async def test_only_a_connection_that_never_stood_is_sure(
    brevo: BrevoGateway, error: type[httpx.TransportError], kind: type[SendResult]
) -> None:
    respx.post(SEND).mock(side_effect=error("gone"))
    assert isinstance(await brevo.send(MESSAGE), kind)
    await brevo.close()


@respx.mock
async def test_taken_without_a_number_is_taken(brevo: BrevoGateway) -> None:
    respx.post(SEND).respond(201, text="")
    assert await brevo.send(MESSAGE) == Accepted("")
    await brevo.close()


@respx.mock
@pytest.mark.parametrize(
    ("events", "finding"),
    [
        ([{"event": "sent", "tag": str(MESSAGE.id)}], DeliveryStatus.FOUND),
        ([{"event": "rejected", "tag": [str(MESSAGE.id)]}], DeliveryStatus.FOUND),
        ([{"event": "sent", "tag": str(uuid4())}], DeliveryStatus.ABSENT),
        ([], DeliveryStatus.ABSENT),
        (None, DeliveryStatus.ABSENT),
    ],
)
async def test_it_finds_a_message_by_its_tag(
    brevo: BrevoGateway, events: object, finding: DeliveryStatus
) -> None:
    route = respx.get(EVENTS).respond(200, json={"events": events})
    assert await brevo.find(MESSAGE.id) is finding
    query = parse_qs(route.calls.last.request.url.query.decode())
    assert json.loads(query["tags"][0]) == [str(MESSAGE.id)]
    await brevo.close()


@respx.mock
@pytest.mark.parametrize("answer", [{"status_code": 500}, {"status_code": 200, "text": "<html>"}])
async def test_when_it_cannot_be_asked_nothing_is_concluded(
    brevo: BrevoGateway, answer: dict[str, Any]
) -> None:
    respx.get(EVENTS).respond(**answer)
    with pytest.raises(OSError, match=r"^\w+$"):
        await brevo.find(MESSAGE.id)
    await brevo.close()
