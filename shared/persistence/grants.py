"""What the roles of a database may do: the one place that grants anything.

Three roles share a database: the migrating role owns it and everything in it; the service reads
and writes rows; the retention role takes old rows out of tables of record, which the service only
adds to. `binome migrate` grants anew after each migration; repeating it changes nothing.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_NAME = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True)
class Roles:
    """Names of the service's role and of the retention role. Raises ValueError for other names."""

    service: str
    retention: str

    def __post_init__(self) -> None:
        for name in (self.service, self.retention):
            if not _NAME.fullmatch(name):
                raise ValueError("a role's name is of a-z, 0-9 and _")

    @classmethod
    def of(cls, service_url: str) -> "Roles":
        """The roles that belong to the service whose database address this is."""
        service = urlsplit(service_url).username or ""
        return cls(service, f"{service}_retention")


async def grant_rights(connection: Any, roles: Roles, records: Collection[str]) -> None:
    """Grant, as the migrating role, what these roles need in its database, and nothing else.

    `records`: tables of record. Tables of later migrations get the same by default privileges,
    until this is called again; functions may be executed by all roles of the database.
    """
    async with connection.transaction():
        for statement in _statements(roles, records):
            await connection.execute(statement)


def _statements(roles: Roles, records: Collection[str]) -> list[str]:
    service, retention = roles.service, roles.retention
    rows, numbers = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"
    own = f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {{}} TO {service}"
    return [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {service}, {retention}",
        f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {service}",
        f"GRANT {numbers} ON ALL SEQUENCES IN SCHEMA public TO {service}",
        own.format(f"{rows} ON TABLES"),
        own.format(f"{numbers} ON SEQUENCES"),
        f"REVOKE INSERT, UPDATE, DELETE ON migrations FROM {service}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {service}" for table in records),
        *(f"GRANT SELECT, DELETE ON {table} TO {retention}" for table in records),
    ]
