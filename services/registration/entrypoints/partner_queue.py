"""Registrations that partner systems publish on `partners.in`; refusals go back with reasons."""

import json
import re
from collections.abc import Hashable
from typing import Any

import structlog

from services.registration.domain.errors import Fault, InvalidRegistration
from services.registration.domain.field_types import REFERENCE
from services.registration.domain.identity import plain
from services.registration.store import Partners
from services.registration.use_cases.add_person import Origin
from services.registration.use_cases.register_from_input import note_refusal, register_from_input
from shared.contracts.addresses import plain_mail
from shared.contracts.types import Side
from shared.messaging.handlers import handle_together
from shared.messaging.names import PARTNERS_OUT, refusal_queue
from shared.persistence.transaction import Transaction
from shared.service.definition import InboundMessage

MAX_BYTES = 64_000
"""A registration takes about one kilobyte."""

_MAILS = ("email", "guardian_email")
_PHONES = ("phone", "guardian_phone")

log = structlog.get_logger()


def keys_of_registration(message: InboundMessage) -> set[Hashable]:
    """Whom a message may be about, as it is written: its id, names, mail addresses, numbers and the
    partner's own reference. Of two that may be one person, the first that came is known first."""
    keys: set[Hashable] = {message.sender_id or message.event_id}
    try:
        entry = _json(message.body)
    except InvalidRegistration:
        return keys
    if not isinstance(entry, dict):
        return keys
    texts = {field: value for field, value in entry.items() if isinstance(value, str)}
    keys.add(("name", plain(texts.get("first_name", "")), plain(texts.get("last_name", ""))))
    keys |= {("mail", plain_mail(texts[x].strip())) for x in _MAILS if x in texts}
    keys |= {("phone", re.sub(r"\D", "", texts[x])[-8:]) for x in _PHONES if x in texts}
    if "reference" in texts:
        keys.add(("reference", message.routing_key, texts["reference"]))
    return keys


@handle_together(keys_of_registration)
async def handle_partner_registration(message: InboundMessage, tx: Transaction) -> None:
    """Admit whoever a partner registers, or answer what is wrong. Nothing is parked."""
    partner, side = _sender(message.routing_key)
    origin = Origin("partner", partner)
    if not await Partners(tx.connection).exists(partner):
        await _ignore(side, origin, tx)
        return
    entry: Any = None
    try:
        entry = _json(message.body)
        await register_from_input(side, entry, origin, tx)
    except InvalidRegistration as reasons:
        await note_refusal(side, reasons, origin, tx)
        tx.send(PARTNERS_OUT, refusal_queue(partner), _answer(message, side, entry, reasons, tx))


async def refuse_partner_registration(message: InboundMessage, code: str, tx: Transaction) -> None:
    """Refuse a message that was not taken for what it says, for a reason that concerns it whole."""
    partner, side = _sender(message.routing_key)
    origin = Origin("partner", partner)
    if not await Partners(tx.connection).exists(partner):
        await _ignore(side, origin, tx)
        return
    reasons = InvalidRegistration([Fault("", code)])
    await note_refusal(side, reasons, origin, tx)
    tx.send(PARTNERS_OUT, refusal_queue(partner), _answer(message, side, None, reasons, tx))


def _sender(routing_key: str) -> tuple[str, Side]:
    _, partner, kind = (*routing_key.split("."), "", "")[:3]
    return partner, "mentor" if kind == "mentor" else "mentee"


async def _ignore(side: Side, origin: Origin, tx: Transaction) -> None:
    """Nobody could read our answer: a message under a name that we do not know is only counted."""
    log.warning("partner.unknown")
    unknown = InvalidRegistration([Fault("partner", "unknown")])
    await note_refusal(side, unknown, Origin(origin.door), tx)


def _json(body: bytes) -> object:
    if len(body) > MAX_BYTES:
        raise InvalidRegistration([Fault("", "too_large")])
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidRegistration([Fault("", "not_json")]) from None


def _answer(
    message: InboundMessage,
    side: Side,
    values: object,
    reasons: InvalidRegistration,
    tx: Transaction,
) -> dict[str, Any]:
    """The partner's own references and our reasons: nothing of the person goes back."""
    reference = values.get("reference") if isinstance(values, dict) else None
    return {
        "kind": side,
        "reference": _plain(reference),
        "event_id": _plain(message.headers.get("ce-id")),
        "refused_at": tx.now.isoformat(),
        "errors": [fault.to_dict() for fault in reasons.faults],
    }


def _plain(value: object) -> str | None:
    """A reference of the agreed shape; anything else might be a name or an address."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else value
    if isinstance(text, str) and re.fullmatch(REFERENCE, text, re.ASCII):
        return text
    return None
