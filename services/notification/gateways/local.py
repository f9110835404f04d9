"""SMS for the demonstration: laid into the local mailbox instead of sent."""

from uuid import UUID

from services.notification.domain.outgoing_message import Parcel
from services.notification.gateways.mailbox import Mailbox
from services.notification.gateways.message_gateway import Finding, Later, Outcome, Taken
from services.notification.gateways.mime import letter


class LocalSmsCarrier:
    """The mailbox can always tell what it holds."""

    absence_seconds = 0.0

    def __init__(self, mailbox: Mailbox, sender: str) -> None:
        self._mailbox = mailbox
        self._sender = sender

    async def send(self, parcel: Parcel) -> Outcome:
        try:
            await self._mailbox.store(letter(parcel, self._sender))
        except OSError as error:
            return Later(type(error).__name__)
        return Taken()

    async def find(self, reference: UUID) -> Finding:
        finding = await self._mailbox.find(reference, "sms")
        # We write the folder ourselves: what is not there was not sent.
        return Finding.FOUND if finding is Finding.FOUND else Finding.ABSENT

    async def close(self) -> None:
        """Nothing is open."""
