"""Tables of a database, as PostgreSQL describes them."""

from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

_COLUMNS = """
SELECT c.relname AS table_name, a.attname AS name, format_type(a.atttypid, NULL) AS kind,
    a.attidentity <> '' OR a.attgenerated <> ''
        OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%', false) AS counted
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relnamespace = 'public'::regnamespace
ORDER BY c.relname, a.attnum
"""
_REFERENCES = """
SELECT c.relname AS from_table, t.relname AS to_table FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
WHERE k.contype = 'f' AND k.conrelid <> k.confrelid
"""
_IDS = frozenset(["uuid", "bytea"])


@dataclass(frozen=True)
class Column:
    """A column and its type; `counted`: the database itself gives each row its value."""

    name: str
    kind: str
    counted: bool


@dataclass(frozen=True)
class Table:
    """A table of the public schema."""

    name: str
    columns: tuple[Column, ...]

    @property
    def has_ids(self) -> bool:
        """Whether every row has an id or a keyed hash; else only its texts may name one."""
        return any(x.kind in _IDS and not x.counted for x in self.columns)


async def read_tables(connection: asyncpg.Connection) -> list[Table]:
    """All tables, each after those that it refers to."""
    columns: dict[str, list[Column]] = {}
    for row in await connection.fetch(_COLUMNS):
        column = Column(row["name"], row["kind"], row["counted"])
        columns.setdefault(row["table_name"], []).append(column)
    references = [(x["from_table"], x["to_table"]) for x in await connection.fetch(_REFERENCES)]
    return [Table(name, tuple(columns[name])) for name in sort_tables(columns, references)]


def sort_tables(names: Iterable[str], references: Iterable[tuple[str, str]]) -> list[str]:
    """Each after all that it refers to. `references`: (from, to)."""
    needed = {name: {to for source, to in references if source == name} for name in names}
    ordered: list[str] = []
    while needed:
        ready = sorted(name for name, before in needed.items() if before <= set(ordered))
        ordered += ready
        needed = {name: before for name, before in needed.items() if name not in ordered}
        if not ready:
            raise ValueError(f"tables refer to each other: {sorted(needed)}")
    return ordered
