"""A real SMTP server for one machine: every accepted message becomes one file, and 250 says so.

`python -m deploy.devstack.mailbox --port N` stores into `BINOME_MAILBOX_DIR`.
"""

import argparse
import asyncio
import hashlib
import os
import signal
import time
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.devstack.private import OWNER_FILE, make_private_folder

_STORED = "250 2.0.0 Stored"
DEAD_DOMAIN = "boite-morte.example.org"
"""Mailboxes that a demonstration plants as dead: every address there is refused for good."""


class Mailbox:
    """Stores what the SMTP server receives; the folder is the whole state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_private_folder(folder)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Called by aiosmtpd for each recipient."""
        if address.endswith(f"@{DEAD_DOMAIN}"):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by aiosmtpd once a message is in; an error becomes a 4xx/5xx answer, not a 250."""
        content = envelope.content
        await asyncio.to_thread(self._store, content if isinstance(content, bytes) else b"")
        return _STORED

    def _store(self, content: bytes) -> None:
        """Write aside, then rename: a reader of the folder never sees half a message."""
        message_id = BytesHeaderParser().parsebytes(content).get("Message-ID", "")
        digest = hashlib.sha256(str(message_id).strip().encode()).hexdigest()[:16]
        name = f"{time.time_ns():020d}-{digest}.eml"
        draft = self._folder / f".{name}.part"
        draft.touch(OWNER_FILE)
        draft.write_bytes(content)
        draft.replace(self._folder / name)


async def serve(folder: Path, port: int) -> None:
    """Accept mail on 127.0.0.1 until SIGTERM or SIGINT."""
    mailbox = Mailbox(folder)
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        port,
    )
    async with server:
        await done.wait()


def main() -> None:
    """Serve until SIGTERM; the folder comes from `BINOME_MAILBOX_DIR`."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, required=True)
    port = arguments.parse_args().port
    if not (folder := os.environ.get("BINOME_MAILBOX_DIR")):
        raise SystemExit("BINOME_MAILBOX_DIR is missing: the folder in which to store messages")
    asyncio.run(serve(Path(folder), port))


if __name__ == "__main__":
    main()
