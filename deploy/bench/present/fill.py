"""Fills all databases of a stack with copies of those who are there."""

import asyncio
from contextlib import AsyncExitStack
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.bench.present.catalogue import read_tables
from deploy.bench.present.cloning import FUNCTIONS, clone_rows
from deploy.bench.present.identities import SealedPerson, open_vault, seal_copy
from deploy.bench.registrants import Group
from deploy.devstack.databases import DATABASES
from deploy.devstack.local_stack import LocalStack

MADE_ANEW = frozenset(["marks", "person_keys"])
"""They follow from identities and keys."""
NO_PERSONS = frozenset(
    ["migrations", "open_sessions", "partners", "pools", "retention_runs", "rounds"]
)
"""Tables of which no row is about a person; a copied round would be held again."""
OWN_ROUND = {"round_id": "o.round_id"}
"""A copied pair is of the same round: no round is copied."""
OWN_VALUES = {
    "persons": {
        "sealed": "(SELECT sealed FROM sealed_people s WHERE s.id = pg_temp.clone_id(o.id, copy))"
    }
}
_MADE = """
CREATE TEMP TABLE sealed_people (id uuid PRIMARY KEY, sealed bytea NOT NULL);
CREATE TEMP TABLE made_marks (person_id uuid, side text, kind text, digest bytea);
"""
_KEEP_MARKS = """
INSERT INTO marks (person_id, side, kind, digest)
SELECT person_id, side, kind, digest FROM made_marks
"""


def fill(stack: LocalStack, present: int) -> int:
    """Copy until about `present` people are there more; how many were added."""
    return asyncio.run(_fill(stack, present))


async def _fill(stack: LocalStack, present: int) -> int:
    async with AsyncExitStack() as opened:
        inside = {name: await _connect(stack, name) for name in DATABASES}
        for connection in inside.values():
            opened.push_async_callback(connection.close)
            await connection.execute(FUNCTIONS)
        registration = inside["registration"]
        people = await registration.fetch("SELECT id, side FROM persons ORDER BY arrival")
        copies = max(1, present // len(people))
        await registration.execute(_MADE)
        vault = open_vault(stack.environment["BINOME_MASTER_KEY"])
        group = Group("present", copies * len(people))
        for copy in range(1, copies + 1):
            sealed = list(seal_copy(vault, [row["id"] for row in people], copy, group))
            await _keep_sealed(inside, people, sealed)
        for connection in inside.values():
            await _clone_tables(connection, copies)
        await registration.execute(_KEEP_MARKS, timeout=None)
        for connection in inside.values():
            await connection.execute("VACUUM (ANALYZE)", timeout=None)
        return group.people


async def _connect(stack: LocalStack, database: str) -> asyncpg.Connection:
    """As superuser, whom no row is hidden from."""
    name = urlsplit(stack.environment[f"BINOME_{database.upper()}_DATABASE_URL"]).path
    admin = urlsplit(stack.servers.postgres_url)
    return await asyncpg.connect(urlunsplit(admin._replace(path=name)))


async def _keep_sealed(
    inside: dict[str, asyncpg.Connection],
    people: list[asyncpg.Record],
    sealed: list[SealedPerson],
) -> None:
    """One copy of everybody: their keys at once, identities and marks set ready."""
    marks = [
        (one.id, person["side"], kind, digest)
        for person, one in zip(people, sealed, strict=True)
        for kind, digest in one.marks.items()
    ]
    await inside["keys"].copy_records_to_table(
        "person_keys",
        records=[(one.id, one.wrapped_key) for one in sealed],
        columns=["person_id", "wrapped_key"],
    )
    registration = inside["registration"]
    await registration.copy_records_to_table(
        "sealed_people", records=[(one.id, one.sealed) for one in sealed]
    )
    await registration.copy_records_to_table("made_marks", records=marks)


async def _clone_tables(connection: asyncpg.Connection, copies: int) -> None:
    for table in await read_tables(connection):
        if table.name not in MADE_ANEW | NO_PERSONS:
            own_values = OWN_ROUND | OWN_VALUES.get(table.name, {})
            await clone_rows(connection, table, copies, own_values)
