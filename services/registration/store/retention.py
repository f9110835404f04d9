"""What has been kept long enough, found and let go."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from services.registration.domain.request_states import OPEN
from shared.persistence.batch import Connection

_LOCK = 0x72657461696E
_DUE = {
    "unconfirmed": "SELECT p.id, p.side FROM persons p WHERE p.side = 'mentee' AND"
    " p.erased_at IS NULL AND EXISTS (SELECT FROM requests r WHERE r.mentee_id = p.id AND"
    " r.state = 'awaiting_consent' AND p.came_at < $1) AND NOT EXISTS (SELECT FROM requests r"
    " WHERE r.mentee_id = p.id AND r.state <> 'awaiting_consent')",
    "ended": "SELECT p.id, p.side FROM persons p WHERE p.side = 'mentee' AND p.erased_at IS NULL"
    " AND (SELECT bool_and(r.state <> ALL ($2)) AND max(r.closed_at) < $1 FROM requests r"
    " WHERE r.mentee_id = p.id)",
    # Not by the day of registration: a partner may send somebody who registered long ago.
    "inactive": "SELECT p.id, p.side FROM persons p WHERE p.erased_at IS NULL"
    " AND p.came_at < $1 AND NOT EXISTS (SELECT FROM pairs x LEFT JOIN requests r"
    " ON r.id = x.request_id WHERE (x.mentor_id = p.id OR r.mentee_id = p.id)"
    " AND (greatest(x.proposed_at, x.confirmed_at, x.introduced_at, x.met_at, x.renewed_at,"
    " x.ended_at, x.released_at) >= $1 OR (x.introduced_at IS NOT NULL AND x.ended_at IS NULL"
    " AND x.released_at IS NULL)))"
    " AND NOT EXISTS (SELECT FROM requests r WHERE r.mentee_id = p.id"
    " AND greatest(r.routed_at, r.confirmed_at, r.closed_at) >= $1)",
}
_ROWS = {
    "raw_intake": (
        "DELETE FROM receipts WHERE created_at < $1",
        "DELETE FROM idempotent_answers WHERE answered_at < $1",
    ),
    "technical": (
        "DELETE FROM links WHERE expires_at < $1",
        "DELETE FROM refusals WHERE refused_at < $1",
        "DELETE FROM retention_runs WHERE ran_at < $1",
    ),
}


class KeptData:
    """Reads what is due and takes rows away. People are erased by `use_cases.erase_person`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        """One run at a time, whichever replica or operator holds it."""
        await self._connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)

    async def last_run(self) -> datetime | None:
        """When retention was last applied; None before the first time."""
        ran_at: datetime | None = await self._connection.fetchval(
            "SELECT max(ran_at) FROM retention_runs"
        )
        return ran_at

    async def keep_report(self, now: datetime, report: Mapping[str, int]) -> None:
        """What a run did, by rule."""
        await self._connection.execute(
            "INSERT INTO retention_runs (ran_at, report) VALUES ($1, $2)", now, dict(report)
        )

    async def latest_report(self) -> Mapping[str, int]:
        """What the last run did; empty before the first."""
        report: Mapping[str, int] | None = await self._connection.fetchval(
            "SELECT report FROM retention_runs ORDER BY ran_at DESC, id DESC LIMIT 1"
        )
        return report or {}

    async def due(self, rule: str, before: datetime, limit: int) -> list[tuple[UUID, str]]:
        """People, with their side, of whom a rule says that they have been kept long enough."""
        values = [before, list(OPEN)] if rule == "ended" else [before]
        rows = await self._connection.fetch(
            f"{_DUE[rule]} ORDER BY p.id LIMIT {limit:d}",
            *values,
        )
        return [(row["id"], row["side"]) for row in rows]

    async def delete_rows(self, rule: str, before: datetime) -> int:
        """Rows that belong to no person; returns how many went."""
        gone = 0
        for statement in _ROWS[rule]:
            gone += int((await self._connection.execute(statement, before)).split()[-1])
        return gone


async def delete_looks(connection: Connection, before: datetime) -> int:
    """Take old rows out of the ledger, as the retention role; returns how many."""
    done: str = await connection.execute("DELETE FROM ledger WHERE at < $1", before)
    return int(done.rsplit(maxsplit=1)[-1])


def before(now: datetime, days: int) -> datetime:
    """The instant before which something has been kept for so many days."""
    return now - timedelta(days=days)
