"""A real SMTP server (aiosmtpd) that can be set to refuse, to delay or to disconnect."""

import asyncio
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP


class MailServer:
    """`replies`: address → SMTP reply to RCPT, or to DATA when it begins with "data:"."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.replies: dict[str, str] = {}
        self.folder: Path | None = None
        self.answer_lost = False
        """Keep the mail, but hang up instead of answering."""
        self.slow_seconds = 0.0
        """How long the server takes to answer, once it has kept a mail."""
        self.per_connection = 1000
        """Mails after which the server closes a connection, as real ones do."""
        self.connections = 0
        self._server: asyncio.Server

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, "127.0.0.1", 0)

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    def _connect(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="mail.test", enable_SMTPUTF8=True)

    def to(self, address: str) -> list[EmailMessage]:
        """Mails that came for an address."""
        return [mail for mail in self.received if mail["To"] == address]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        reply = self.replies.get(address, "250 OK")
        if reply.startswith("data:"):
            reply = "250 OK"
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        reply = self.replies.get(envelope.rcpt_tos[0], "")
        if reply.startswith("data:"):
            return reply.removeprefix("data:")
        self.received.append(message_from_bytes(envelope.content, policy=default))
        if self.folder is not None:
            (self.folder / f"{time.time_ns():020d}-{uuid4().hex[:8]}.eml").write_bytes(
                envelope.content
            )
        await asyncio.sleep(self.slow_seconds)
        session.mails = getattr(session, "mails", 0) + 1
        if self.answer_lost:
            server.transport.close()
        elif session.mails >= self.per_connection:
            asyncio.get_running_loop().call_soon(server.transport.close)  # after the answer
        return "250 OK"


def words(mail: EmailMessage) -> str:
    """All text of a mail, decoded: headers, text and HTML."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts])
