"""New requests and their way to an association, for many at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.persistence.batch import PlainConnection, share_change
from shared.persistence.columns import columns


@share_change
async def insert_requests(
    connection: PlainConnection, requests: Sequence[tuple[tuple[object, ...], list[str]]]
) -> None:
    """Rows of new requests, each with its sensitive publics, which go to their own table."""
    await connection.execute(
        "INSERT INTO requests (id, mentee_id, state, criteria, age, registered_at, consented_at,"
        " minority, guardian_contact) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[],"
        " $4::jsonb[], $5::int[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::bool[])",
        *columns([row for row, _ in requests]),
    )
    sensitive = [(row[0], public) for row, publics in requests for public in publics]
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
