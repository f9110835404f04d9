"""SMS through Brevo (https://developers.brevo.com/reference/send-async-transactional-sms).

The message's id travels as its tag, by which Brevo's event report finds it again.
"""

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from services.notification.domain.outgoing_message import OutgoingMessage
from services.notification.gateways.message_gateway import (
    Accepted,
    DeliveryStatus,
    Rejected,
    SendResult,
    TemporaryFailure,
    Unknown,
)

_OURS = {401, 402, 403, 429}
"""Our key, our credit, our rate limit: not the recipient's fault."""
_ANSWER_LOST = {502, 504}
"""A proxy gave up on the answer: whether the SMS was taken is not known."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class BrevoGateway:
    """Sends by Brevo's API v3.

    Its event report is written a little after the send, so an absence is believed late.
    """

    def __init__(
        self, url: str, key: str, sender: str, timeout: float, absence_seconds: float
    ) -> None:
        self.status_lag_seconds = absence_seconds
        self._sender = sender
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"api-key": key, "accept": "application/json"},
            timeout=timeout,
        )

    async def send(self, outgoing: OutgoingMessage) -> SendResult:
        """Hand one SMS to the provider; the message's id is its tag there."""
        body = {
            "sender": self._sender,
            "recipient": outgoing.to,
            "content": outgoing.text,
            "type": "transactional",
            "tag": str(outgoing.id),
        }
        try:
            answer = await self._client.post("/transactionalSMS/send", json=body)
        except httpx.TransportError as error:
            kind = type(error).__name__
            return TemporaryFailure(kind) if isinstance(error, _NEVER_SENT) else Unknown(kind)
        return _outcome(answer)

    async def find(self, reference: UUID) -> DeliveryStatus:
        """Raises OSError when Brevo cannot be asked."""
        tags = json.dumps([str(reference)])
        try:
            answer = await self._client.get(
                "/transactionalSMS/statistics/events", params={"tags": tags, "limit": 50}
            )
            events = answer.raise_for_status().json().get("events") or []
        except (httpx.HTTPError, ValueError) as error:
            raise OSError(type(error).__name__) from None
        return DeliveryStatus.FOUND if _mentions(events, str(reference)) else DeliveryStatus.ABSENT

    async def close(self) -> None:
        """Close the connections to the provider."""
        await self._client.aclose()


def _outcome(answer: httpx.Response) -> SendResult:
    status = answer.status_code
    if answer.is_success:
        return Accepted(_reference(answer))
    if status in _ANSWER_LOST:
        return Unknown(f"brevo-{status}")
    if status in _OURS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TemporaryFailure(f"brevo-{status}")
    return Rejected(f"brevo-{status}")


def _reference(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["messageId"])
    except (ValueError, KeyError, TypeError):
        return ""  # taken all the same: the tag finds it


def _mentions(events: list[dict[str, Any]], reference: str) -> bool:
    """Brevo lists a tag as a word or a list of words; a report on others proves nothing."""
    tags = [event.get("tag") for event in events]
    return any(reference in (tag if isinstance(tag, list) else [tag]) for tag in tags)
