"""The gateways that the settings ask for, one for each channel."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from services.notification.gateways.brevo import BrevoGateway
from services.notification.gateways.local import LocalSmsGateway
from services.notification.gateways.mail import MailGateway
from services.notification.gateways.mailbox import Mailbox
from services.notification.gateways.message_gateway import MessageGateway
from services.notification.settings import NotificationSettings
from shared.contracts.types import Channel

Gateways = Mapping[Channel, MessageGateway]


@asynccontextmanager
async def configured_gateways(settings: NotificationSettings) -> AsyncIterator[Gateways]:
    """The gateways, closed at the end."""
    opened: Gateways = {"mail": _mail(settings), "sms": _sms(settings)}
    try:
        yield opened
    finally:
        for gateway in opened.values():
            await gateway.close()


def _mail(settings: NotificationSettings) -> MailGateway:
    mailbox = Mailbox(settings.mailbox_dir) if settings.mailbox_dir else None
    url = settings.smtp_url.get_secret_value()
    return MailGateway(url, settings.sender, settings.notification_send_timeout, mailbox)


def _sms(settings: NotificationSettings) -> MessageGateway:
    if settings.mailbox_dir is not None:
        return LocalSmsGateway(Mailbox(settings.mailbox_dir), settings.sender)
    return BrevoGateway(
        settings.sms_url,
        settings.sms_key.get_secret_value(),
        settings.sms_sender,
        settings.notification_send_timeout,
        settings.notification_sms_absence,
    )
