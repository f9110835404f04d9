"""The mailbox of the demonstration as its people see it: new mails, and the links in them."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

_LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True)
class Received:
    """A mail (mail or SMS) that lies in the mailbox."""

    message_id: str
    template: str
    channel: str
    to: str
    links: tuple[str, ...]


class Inbox:
    """Reads each stored mail once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()

    async def new_mails(self) -> list[Received]:
        """Mails that came since the last look, oldest first."""
        return await asyncio.to_thread(lambda: list(self._fresh()))

    def _fresh(self) -> Iterator[Received]:
        names = sorted(file.name for file in self._folder.glob("*.eml"))
        for name in names:
            if name not in self._seen:
                self._seen.add(name)
                yield read(self._folder / name)


def read(file: Path) -> Received:
    """One stored mail."""
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    body = mail.get_body(preferencelist=("plain", "html"))
    text = body.get_content() if body else ""
    return Received(
        str(mail["X-Binome-Message-Id"]),
        str(mail["X-Binome-Template"]),
        str(mail["X-Binome-Channel"]),
        str(mail["To"]),
        tuple(dict.fromkeys(_LINK.findall(text))),
    )
