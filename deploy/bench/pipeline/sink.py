"""An SMTP server that takes every mail and notes when: `… -m deploy.bench.pipeline.sink PORT FILE`.

A line a mail is added to the file before the mail is accepted: seconds of the machine's monotonic
clock, recipient, Message-ID, template, separated by tabs. Nothing else of a mail is kept.
"""

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import TextIO

FLUSH_SECONDS = 0.05
_REPLIES = {
    b"HELO": b"250 sink",
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8",
    b"MAIL": b"250 2.1.0 Ok",
    b"RSET": b"250 2.0.0 Ok",
    b"NOOP": b"250 2.0.0 Ok",
    b"DATA": b"354 End with a dot",
    b"QUIT": b"221 2.0.0 Bye",
}
_END = b"\r\n.\r\n"


class MailLog:
    """The file of mails; written through soon after each, not with each."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._waits = False

    def note(self, recipient: str, mail: bytes) -> None:
        """One line about a mail that is in whole."""
        headers = mail.partition(b"\r\n\r\n")[0]
        cells = (_header(headers, b"Message-ID"), _header(headers, b"X-Binome-Template"))
        self._file.write("\t".join([f"{time.monotonic():.6f}", recipient, *cells]) + "\n")
        if not self._waits:
            self._waits = True
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        self._waits = False
        self._file.flush()


class Session(asyncio.Protocol):
    """One client; commands come one by one (RFC 5321, no pipelining offered)."""

    def __init__(self, log: MailLog) -> None:
        self._log = log
        self._buffer = bytearray()
        self._in_mail = False
        self._recipient = ""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a TCP server's are
        self._transport = transport
        self._reply(b"220 sink ESMTP")

    def data_received(self, data: bytes) -> None:
        """Take a command, or a part of a mail."""
        self._buffer += data
        end = _END if self._in_mail else b"\r\n"
        while (place := self._buffer.find(end)) >= 0:
            taken = bytes(self._buffer[:place])
            del self._buffer[: place + len(end)]
            if self._in_mail:
                self._take_mail(taken)
            else:
                self._take_command(taken)
            end = _END if self._in_mail else b"\r\n"

    def _take_mail(self, mail: bytes) -> None:
        self._in_mail = False
        self._log.note(self._recipient, mail)
        self._reply(b"250 2.0.0 Taken")

    def _take_command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            self._reply(b"250 2.1.5 Ok")
            return
        self._reply(_REPLIES.get(verb, b"502 5.5.1 Unknown"))
        self._in_mail = verb == b"DATA"
        if verb == b"QUIT" and self._transport is not None:
            self._transport.close()

    def _reply(self, text: bytes) -> None:
        if self._transport is not None:
            self._transport.write(text + b"\r\n")


def _header(headers: bytes, name: bytes) -> str:
    for line in headers.split(b"\r\n"):
        found, _, value = line.partition(b":")
        if found.lower() == name.lower():
            return value.strip().decode(errors="replace")
    return ""


async def serve(port: int, file: Path) -> None:
    """Take mail on 127.0.0.1 until SIGTERM."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, done.set)
    with file.open("a", encoding="utf-8") as opened:
        log = MailLog(opened)
        async with await loop.create_server(lambda: Session(log), "127.0.0.1", port):
            await done.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
