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

from services.notification.domain.outgoing_message import Parcel
from services.notification.gateways.mailbox import Mailbox
from services.notification.gateways.message_gateway import (
    Finding,
    Later,
    Outcome,
    Refused,
    Taken,
    Unsure,
)
from services.notification.gateways.mime import letter

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


class MailCarrier:
    """Speaks to one mail server.

    SMTP cannot be asked what became of a mail; only the local mailbox of the demonstration can.
    """

    absence_seconds = 0.0

    def __init__(self, url: str, sender: str, timeout: float, mailbox: Mailbox | None) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._timeout = timeout
        self._mailbox = mailbox
        self._idle: list[SMTP] = []

    async def send(self, parcel: Parcel) -> Outcome:
        """Refused: the server will not have it for this address. Unsure: it had it in hand."""
        handover = _Handover(monotonic() + self._timeout)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._carry(parcel, handover)
        except (SMTPException, OSError) as error:
            return _outcome(error, handover)
        except ValueError:
            return Refused("address-malformed")  # aiosmtplib asks no server for such a one

    async def find(self, reference: UUID) -> Finding:
        if self._mailbox is None:
            return Finding.UNKNOWABLE
        return await self._mailbox.find(reference, "mail")

    async def close(self) -> None:
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.quit(timeout=1)
            except (SMTPException, OSError):
                connection.close()

    async def _carry(self, parcel: Parcel, handover: _Handover) -> Outcome:
        connection = await self._opened()
        try:
            options = [] if parcel.to.isascii() else ["SMTPUTF8"]
            if options and not connection.supports_extension("smtputf8"):
                return Refused("address-needs-smtputf8")
            encoding = "utf-8" if options else "ascii"
            await connection.mail(self._sender, options=options, encoding=encoding)
            await connection.rcpt(parcel.to, encoding=encoding)
            handover.begin()
            await connection.data(letter(parcel, self._sender))
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return Taken()

    async def _opened(self) -> SMTP:
        """A connection that just answered, or a new one."""
        while self._idle:
            connection = self._idle.pop()
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


def _outcome(error: Exception, handover: _Handover) -> Outcome:
    if isinstance(error, SMTPResponseException):
        reason = f"smtp-{error.code}"
        about_it = isinstance(error, SMTPRecipientRefused | SMTPDataError)
        # A refused login or sender is our fault, not this recipient's: tried again.
        return Refused(reason) if about_it and error.code >= 500 else Later(reason)
    kind = type(error).__name__
    return Unsure(kind) if handover.begun else Later(kind)
