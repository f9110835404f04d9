"""The gateways that the settings ask for, one for each channel."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from services.notification.domain.message import Channel
from services.notification.gateways.brevo import BrevoCarrier
from services.notification.gateways.local import LocalSmsCarrier
from services.notification.gateways.mail import MailCarrier
from services.notification.gateways.mailbox import Mailbox
from services.notification.gateways.message_gateway import Carrier
from services.notification.settings import NotificationSettings

Carriers = Mapping[Channel, Carrier]


@asynccontextmanager
async def carriers(settings: NotificationSettings) -> AsyncIterator[Carriers]:
    """The gateways, closed at the end."""
    opened: Carriers = {"mail": _mail(settings), "sms": _sms(settings)}
    try:
        yield opened
    finally:
        for carrier in opened.values():
            await carrier.close()


def _mail(settings: NotificationSettings) -> MailCarrier:
    mailbox = Mailbox(settings.mailbox_dir) if settings.mailbox_dir else None
    url = settings.smtp_url.get_secret_value()
    return MailCarrier(url, settings.sender, settings.notification_send_timeout, mailbox)


def _sms(settings: NotificationSettings) -> Carrier:
    if settings.mailbox_dir is not None:
        return LocalSmsCarrier(Mailbox(settings.mailbox_dir), settings.sender)
    return BrevoCarrier(
        settings.sms_url,
        settings.sms_key.get_secret_value(),
        settings.sms_sender,
        settings.notification_send_timeout,
        settings.notification_sms_absence,
    )
