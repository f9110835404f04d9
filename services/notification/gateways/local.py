"""SMS for the demonstration: written into the local mailbox instead of sent."""

from uuid import UUID

from services.notification.domain.outgoing_message import OutgoingMessage
from services.notification.gateways.mailbox import Mailbox
from services.notification.gateways.message_gateway import (
    Accepted,
    DeliveryStatus,
    SendResult,
    TemporaryFailure,
)
from services.notification.gateways.mime import to_mime


class LocalSmsGateway:
    """The mailbox can always tell what it holds."""

    status_lag_seconds = 0.0

    def __init__(self, mailbox: Mailbox, sender: str) -> None:
        self._mailbox = mailbox
        self._sender = sender

    async def send(self, outgoing: OutgoingMessage) -> SendResult:
        """Store one SMS as a file in the local mailbox."""
        try:
            await self._mailbox.store(to_mime(outgoing, self._sender))
        except OSError as error:
            return TemporaryFailure(type(error).__name__)
        return Accepted()

    async def find(self, reference: UUID) -> DeliveryStatus:
        """Whether the SMS with that reference is in the mailbox; never unknowable."""
        finding = await self._mailbox.find(reference, "sms")
        # We write the folder ourselves: what is not there was not sent.
        return DeliveryStatus.FOUND if finding is DeliveryStatus.FOUND else DeliveryStatus.ABSENT

    async def close(self) -> None:
        """Nothing is open."""
