"""Mail over SMTP. A connection is used again while the server keeps it open."""

import asyncio
from dataclasses import dataclass
from time import monotonic
from urllib.parse import unquote, urlsplit
from uuid import UUID

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from services.notification.domain.outgoing_message import OutgoingMessage
from services.notification.gateways.mailbox import Mailbox
from services.notification.gateways.message_gateway import (
    Accepted,
    DeliveryStatus,
    Rejected,
    SendResult,
    TemporaryFailure,
    Unknown,
)
from services.notification.gateways.mime import to_mime

_PERMANENT = 500
"""SMTP replies from here on are permanent failures (RFC 5321, 4.2.1)."""

_SURELY_OPEN_SECONDS = 5.0
"""A server keeps an idle connection for minutes (RFC 5321, 4.5.3.2.7: at least five)."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass
class _Handover:
    """Whether the words themselves have been given to the server, and until when they may be."""

    until: float
    begun: bool = False

    def begin(self) -> None:
        """Raises TimeoutError when it is too late: a process that was stopped wakes up here."""
        if monotonic() >= self.until:
            raise TimeoutError
        self.begun = True


class MailGateway:
    """Sends by one mail server.

    SMTP cannot be asked what became of a mail; only the local mailbox of the demonstration can.
    """

    status_lag_seconds = 0.0

    def __init__(self, url: str, sender: str, timeout: float, mailbox: Mailbox | None) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._timeout = timeout
        self._mailbox = mailbox
        self._idle: list[tuple[SMTP, float]] = []
        """Open connections, and when each was last used."""

    async def send(self, outgoing: OutgoingMessage) -> SendResult:
        """Refused: the server will not have it for this address. Unsure: it had it in hand."""
        handover = _Handover(monotonic() + self._timeout)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._carry(outgoing, handover)
        except (SMTPException, OSError) as error:
            return _outcome(error, handover)
        except ValueError:
            return Rejected("address-malformed")  # aiosmtplib asks no server for such a one

    async def find(self, reference: UUID) -> DeliveryStatus:
        """Whether the local mailbox holds that mail; unknowable for any other server."""
        if self._mailbox is None:
            return DeliveryStatus.UNKNOWABLE
        return await self._mailbox.find(reference, "mail")

    async def close(self) -> None:
        """Quit the idle connections; one that does not answer within a second is dropped."""
        while self._idle:
            connection, _ = self._idle.pop()
            try:
                await connection.quit(timeout=1)
            except (SMTPException, OSError):
                connection.close()

    async def _carry(self, outgoing: OutgoingMessage, handover: _Handover) -> SendResult:
        connection = await self._connection()
        try:
            options = [] if outgoing.to.isascii() else ["SMTPUTF8"]
            if options and not connection.supports_extension("smtputf8"):
                return Rejected("address-needs-smtputf8")
            encoding = "utf-8" if options else "ascii"
            await connection.mail(self._sender, options=options, encoding=encoding)
            await connection.rcpt(outgoing.to, encoding=encoding)
            handover.begin()
            await connection.data(to_mime(outgoing, self._sender))
        except BaseException:
            connection.close()
            raise
        self._idle.append((connection, monotonic()))
        return Accepted()

    async def _connection(self) -> SMTP:
        """A connection that answered within the last seconds, or a new one."""
        while self._idle:
            connection, used_at = self._idle.pop()
            if connection.is_connected and monotonic() - used_at < _SURELY_OPEN_SECONDS:
                return connection
            try:
                await connection.rset()
            except (SMTPException, OSError):
                connection.close()
            else:
                return connection
        return await self._new()

    async def _new(self) -> SMTP:
        url = self._url
        secret = bool(url.username) and url.hostname not in _LOOPBACK
        connection = SMTP(
            hostname=url.hostname,
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            # A password never travels in the clear; without one, TLS when the server offers it.
            start_tls=False if url.scheme == "smtps" else (secret or None),
            local_hostname=self._sender.rpartition("@")[2],
            timeout=self._timeout,
        )
        await connection.connect()
        return connection


def _outcome(error: Exception, handover: _Handover) -> SendResult:
    if isinstance(error, SMTPResponseException):
        reason = f"smtp-{error.code}"
        about_it = isinstance(error, SMTPRecipientRefused | SMTPDataError)
        # A refused login or sender is our fault, not this recipient's: tried again.
        return (
            Rejected(reason) if about_it and error.code >= _PERMANENT else TemporaryFailure(reason)
        )
    kind = type(error).__name__
    return Unknown(kind) if handover.begun else TemporaryFailure(kind)
