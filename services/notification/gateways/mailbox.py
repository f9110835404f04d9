"""The local mailbox of the demonstration: a folder of .eml files, mails and SMS alike."""

import asyncio
import os
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from uuid import UUID, uuid4

from services.notification.gateways.letter import ID_HEADER


class Mailbox:
    """Reads and writes the folder. A file, once there, is whole and never changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, EmailMessage] = {}

    async def holds(self, message_id: UUID) -> bool:
        """Whether a message with this id lies in the folder."""
        return await asyncio.to_thread(self._holds, str(message_id))

    async def letters(self) -> dict[str, EmailMessage]:
        """Every message by the name of its file, in order of arrival."""
        return await asyncio.to_thread(self._letters)

    async def store(self, message: EmailMessage) -> None:
        """Put a message into the folder, at once and whole."""
        await asyncio.to_thread(self._store, message.as_bytes())

    def _holds(self, wanted: str) -> bool:
        return any(_id_of(path) == wanted for path in self.folder.glob("*.eml"))

    def _letters(self) -> dict[str, EmailMessage]:
        for path in self._arrivals():
            if path.name not in self._read:
                message = message_from_bytes(path.read_bytes(), policy=default)
                self._read[path.name] = message
        return dict(self._read)

    def _arrivals(self) -> Iterator[Path]:
        if not self.folder.is_dir():
            return iter(())
        found = [entry for entry in os.scandir(self.folder) if entry.name.endswith(".eml")]
        fresh = [entry for entry in found if entry.name not in self._read]
        return (Path(x.path) for x in sorted(fresh, key=lambda x: (x.stat().st_mtime_ns, x.name)))

    def _store(self, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = uuid4().hex
        beside = self.folder / f".{name}.part"
        beside.write_bytes(content)
        beside.rename(self.folder / f"sms-{name}.eml")


def _id_of(path: Path) -> str:
    with path.open("rb") as file:
        return BytesHeaderParser().parse(file).get(ID_HEADER, "").strip()
