"""Rows of new messages, for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notification.domain.intent import MessageIntent
from services.notification.store.stops import lock_subjects
from shared.messaging.correlation import MessageContext
from shared.persistence.batch import PlainConnection, share_change
from shared.persistence.columns import columns

WAKE_CHANNEL = "binome_messages"
_INSERT = """
WITH kept AS (
    INSERT INTO messages (id, template, recipient, person, concerns, lang, facts,
        cause_id, correlation_id, intended_at, request_id, pair_id)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[],
        $7::jsonb[], $8::uuid[], $9::uuid[], $10::timestamptz[], $11::uuid[], $12::uuid[])
        AS intended (id, template, recipient, person, concerns, lang, facts, cause_id,
        correlation_id, intended_at, request_id, pair_id)
    WHERE NOT EXISTS (SELECT FROM withdrawn_requests w WHERE w.request_id = intended.request_id)
      AND NOT EXISTS (SELECT FROM stopped_pairs s WHERE s.pair_id = intended.pair_id)
    ON CONFLICT (id) DO NOTHING RETURNING id)
SELECT pg_notify($13, '') WHERE EXISTS (SELECT FROM kept)
"""


@dataclass(frozen=True)
class NewMessage:
    """What somebody is to get, with its cause."""

    intent: MessageIntent
    cause: MessageContext
    intended_at: datetime


@share_change
async def enqueue_messages(connection: PlainConnection, messages: Sequence[NewMessage]) -> None:
    """Keep intents and wake the senders; one that is already there stays as it is, and one about
    what was stopped is not kept."""
    subjects = {one for m in messages for one in (m.intent.request_id, m.intent.pair_id)}
    await lock_subjects(connection, *subjects)
    rows = columns([_values(message) for message in messages])
    await connection.execute(_INSERT, *rows, WAKE_CHANNEL)


def _values(message: NewMessage) -> tuple[object, ...]:
    intent = message.intent
    return (
        intent.id,
        intent.template,
        intent.recipient,
        intent.person,
        intent.concerns,
        intent.lang,
        dict(intent.facts),
        message.cause.event_id,
        message.cause.correlation_id,
        message.intended_at,
        intent.request_id,
        intent.pair_id,
    )
