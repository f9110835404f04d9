"""New requests and their way to an association, for many at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.domain.publics import SENSITIVE
from services.registration.store.request import Request
from shared.contracts.criteria import MenteeCriteria
from shared.persistence.batch import PlainConnection, share_change
from shared.persistence.columns import columns


@share_change
async def add_request_rows(connection: PlainConnection, requests: Sequence[Request]) -> None:
    """Keep new requests; their sensitive publics go to their own table."""
    split = [(request, *_split_publics(request.criteria)) for request in requests]
    await connection.execute(
        "INSERT INTO requests (id, mentee_id, state, criteria, age, registered_at, consented_at,"
        " minority, guardian_contact) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[],"
        " $4::jsonb[], $5::int[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::bool[])",
        *columns([_values(request, plain) for request, plain, _ in split]),
    )
    sensitive = [(request.id, public) for request, _, publics in split for public in publics]
    if sensitive:
        await connection.execute(
            "INSERT INTO sensitive_publics (request_id, public)"
            " SELECT * FROM unnest($1::uuid[], $2::text[])",
            *columns(sensitive),
        )


@share_change
async def route_requests(
    connection: PlainConnection, routed: Sequence[tuple[UUID, str, datetime, datetime]]
) -> None:
    """Request, association, time and deadline of the answer."""
    await connection.execute(
        "UPDATE requests SET state = 'routed', association = routed.association,"
        " routed_at = routed.at, answer_by = routed.answer_by"
        " FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[])"
        " AS routed (request_id, association, at, answer_by) WHERE id = request_id",
        *columns(routed),
    )


@share_change
async def take_requests_in_charge(
    connection: PlainConnection, taken: Sequence[tuple[UUID, str, datetime]]
) -> None:
    """Request, state and time; the first time stays."""
    await connection.execute(
        "UPDATE requests SET state = taken.state, confirmed_at = coalesce(confirmed_at, taken.at)"
        " FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])"
        " AS taken (request_id, state, at) WHERE id = request_id",
        *columns(taken),
    )


@share_change
async def acknowledge_requests(
    connection: PlainConnection, acknowledged: Sequence[tuple[UUID, datetime]]
) -> None:
    """Request and time; the first time stays."""
    await connection.execute(
        "UPDATE requests SET acknowledged_at = acknowledged.at"
        " FROM unnest($1::uuid[], $2::timestamptz[]) AS acknowledged (request_id, at)"
        " WHERE id = request_id AND acknowledged_at IS NULL",
        *columns(acknowledged),
    )


def _values(request: Request, plain: dict[str, Any]) -> tuple[object, ...]:
    return (
        request.id,
        request.mentee_id,
        request.state,
        plain,
        request.age,
        request.registered_at,
        request.consented_at,
        request.minority,
        request.guardian_contact,
    )


def _split_publics(criteria: MenteeCriteria) -> tuple[dict[str, Any], list[str]]:
    sensitive = [public for public in criteria.publics if public in SENSITIVE]
    plain = [public for public in criteria.publics if public not in SENSITIVE]
    return criteria.model_dump(mode="json") | {"publics": plain}, sensitive
