"""Stands in for one service: ready when its own database and its broker user let it in."""

import asyncio
import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import NoReturn
from urllib.parse import urlsplit

import asyncpg

from shared.messaging.connection import open_connection


class Door(BaseHTTPRequestHandler):
    """`/health/ready`, and `/environment`: the names of the settings this process was given."""

    def do_GET(self) -> None:
        settings = {name: value for name, value in os.environ.items() if "BINOME_" in name}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(settings).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


async def reach_servers(service: str) -> None:
    prefix = f"BINOME_{service.upper()}_"
    database = await asyncpg.connect(os.environ[f"{prefix}DATABASE_URL"])
    await database.execute("INSERT INTO visits VALUES (1)")
    await database.close()
    broker = await open_connection(os.environ[f"{prefix}AMQP_URL"])
    await broker.close()


async def make_tables() -> None:
    """As the roles that own the databases; a service may only add rows."""
    for name in ("REGISTRATION", "MATCHING", "NOTIFICATION", "FOLLOWUP"):
        service = urlsplit(os.environ[f"BINOME_{name}_DATABASE_URL"]).username
        owner = await asyncpg.connect(os.environ[f"BINOME_{name}_MIGRATION_DATABASE_URL"])
        await owner.execute(
            "CREATE TABLE IF NOT EXISTS visits (n int);"
            f"GRANT USAGE ON SCHEMA public TO {service};"
            f"GRANT SELECT, INSERT ON visits TO {service}"
        )
        await owner.close()


def leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def main() -> None:
    signal.signal(signal.SIGTERM, leave)
    if sys.argv[1] == "migrate":
        asyncio.run(make_tables())
    else:
        asyncio.run(reach_servers(sys.argv[1]))
        HTTPServer(("127.0.0.1", int(os.environ["BINOME_PORT"])), Door).serve_forever()


main()
