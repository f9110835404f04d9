"""The local mailbox of the demonstration: a folder of .eml files, mails and SMS alike.

Names of files begin with the time of arrival in nanoseconds, so they sort as messages came in.
"""

import asyncio
import time
from collections.abc import Collection
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from uuid import UUID, uuid4

from services.notification.gateways.message_gateway import DeliveryStatus
from services.notification.gateways.mime import CHANNEL_HEADER, ID_HEADER
from shared.contracts.types import Channel


class Mailbox:
    """Reads and writes the folder. A file, once there, is whole and never changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def find(self, message_id: UUID, channel: Channel) -> DeliveryStatus:
        """Whether a message lies here. Unknowable while nothing of its channel ever came here:
        then the mails go to a server that does not keep them in this folder.
        """
        return await asyncio.to_thread(self._find, str(message_id), channel)

    async def read_mails(self, known: Collection[str] = ()) -> dict[str, EmailMessage]:
        """Messages by the name of their file, without the known ones, in order of arrival."""
        return await asyncio.to_thread(self._read_mails, known)

    async def store(self, message: bytes) -> None:
        """Put a message into the folder, at once and whole."""
        await asyncio.to_thread(self._store, message)

    def _find(self, wanted: str, channel: Channel) -> DeliveryStatus:
        is_stored = False
        for path in self._folder.glob("*.eml"):
            headers = _headers(path)
            if headers.get(ID_HEADER, "").strip() == wanted:
                return DeliveryStatus.FOUND
            is_stored = is_stored or headers.get(CHANNEL_HEADER, "").strip() == channel
        return DeliveryStatus.ABSENT if is_stored else DeliveryStatus.UNKNOWABLE

    def _read_mails(self, known: Collection[str]) -> dict[str, EmailMessage]:
        fresh = (path for path in sorted(self._folder.glob("*.eml")) if path.stem not in known)
        return {path.stem: message_from_bytes(path.read_bytes(), policy=default) for path in fresh}

    def _store(self, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{uuid4().hex[:16]}.eml"
        draft = self._folder / f".{name}.part"
        draft.touch(0o600)
        draft.write_bytes(content)
        draft.replace(self._folder / name)


def _headers(path: Path) -> Message:
    with path.open("rb") as file:
        return BytesHeaderParser().parse(file)
