"""Rows of a table again, under other ids: one statement a table."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

import asyncpg

from deploy.bench.present.catalogue import Column, Table

FUNCTIONS = """
CREATE FUNCTION pg_temp.clone_id(id uuid, copy int) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT md5(id::text || '|' || copy)::uuid $$;
CREATE FUNCTION pg_temp.clone_text(value text, copy int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE found text;
BEGIN
    FOR found IN SELECT DISTINCT match[1] FROM regexp_matches(value,
        '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g') AS match LOOP
        value := replace(value, found, pg_temp.clone_id(found::uuid, copy)::text);
    END LOOP;
    RETURN value;
END $$;
"""
_NAMES_ID = "o::text ~ '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'"
_EXPRESSIONS = {
    "uuid": "pg_temp.clone_id({0}, copy)",
    "bytea": "sha256({0} || copy::text::bytea)",
    "text": "pg_temp.clone_text({0}, copy)",
    "json": "pg_temp.clone_text({0}::text, copy)::json",
    "jsonb": "pg_temp.clone_text({0}::text, copy)::jsonb",
    "text[]": "pg_temp.clone_text({0}::text, copy)::text[]",
    "uuid[]": "pg_temp.clone_text({0}::text, copy)::uuid[]",
}


MOST_ROWS = 5_000
"""Made by one statement."""


def clone_id(original: UUID, copy: int) -> UUID:
    """The id of a copy, as `pg_temp.clone_id` makes it; `copy` counts from 1."""
    digest = hashlib.md5(f"{original}|{copy}".encode(), usedforsecurity=False).digest()
    return UUID(bytes=digest)


async def clone_rows(
    connection: asyncpg.Connection,
    table: Table,
    copies: int,
    own_values: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Every row of a table that names an id, `copies` times, unless the copy is there already.

    The functions of `FUNCTIONS` have to be there. `own_values`: SQL by column, of the row `o` and
    the number `copy`. A statement makes few rows: what its triggers lock, they lock until its end.
    """
    columns = [column for column in table.columns if not column.counted]
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(own_values.get(x.name) or _expression(x) for x in columns)
    chosen = "true" if table.has_ids else _NAMES_ID
    await connection.execute(
        f'CREATE TEMP TABLE originals AS SELECT * FROM "{table.name}" AS o WHERE {chosen}'  # noqa: S608 - names of the catalogue
    )
    rows = await connection.fetchval("SELECT count(*) FROM originals")
    step = max(1, MOST_ROWS // max(rows, 1))
    for first in range(1, copies + 1, step) if rows else ():
        await connection.execute(
            f'INSERT INTO "{table.name}" ({names}) SELECT {values} FROM originals AS o,'  # noqa: S608 - names of the catalogue
            f" generate_series({first}, {min(first + step - 1, copies)}) AS copy"
            " ON CONFLICT DO NOTHING"
        )
    await connection.execute("DROP TABLE originals")


def _expression(column: Column) -> str:
    return _EXPRESSIONS.get(column.kind, "{0}").format(f'o."{column.name}"')
