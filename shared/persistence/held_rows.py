"""Everything that a database holds about some ids, found by the columns that hold ids.

No table is listed by hand, so none that is added later is forgotten.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from shared.persistence.batch import Connection

_TECHNICAL = ("inbox", "outbox", "migrations", "timers")
"""Copies of what stands elsewhere, kept for some days at most, and what is planned."""
_COLUMNS = """
SELECT table_name, array_agg(column_name::text ORDER BY column_name)
    FILTER (WHERE data_type IN ('uuid', 'text')) AS found,
    array_agg(column_name::text) FILTER (WHERE data_type = 'bytea') AS hidden
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL ($1)
GROUP BY table_name ORDER BY table_name
"""


async def rows_about(
    connection: Connection,
    ids: Collection[UUID],
    without: Collection[str] = (),
    hidden: Collection[str] = (),
) -> dict[str, list[dict[str, Any]]]:
    """Table → its rows in which one of these ids stands in a column of its own.

    `without`: tables that are shown otherwise, or to nobody; `hidden`: such columns, by which no
    row is found either. Columns of bytes (fingerprints, hashes, what is sealed) are left out.
    """
    tables = await connection.fetch(_COLUMNS, [*_TECHNICAL, *without])
    rows_of = {}
    for table, columns, of_bytes in tables:
        by = [column for column in columns or [] if column not in hidden]
        if rows := await _rows(connection, table, by, [*(of_bytes or []), *hidden], ids):
            rows_of[table] = rows
    return rows_of


async def _rows(
    connection: Connection,
    table: str,
    columns: Collection[str],
    hidden: Collection[str],
    ids: Collection[UUID],
) -> list[dict[str, Any]]:
    if not columns:
        return []
    anywhere = " OR ".join(f'"{column}"::text = ANY($1)' for column in columns)
    rows = await connection.fetch(
        # Names of tables and columns are the schema's own.
        f'SELECT to_jsonb(t) - $2::text[] AS row FROM "{table}" t WHERE {anywhere} ORDER BY 1',
        [str(one) for one in ids],
        list(hidden),
    )
    return [row["row"] for row in rows]
