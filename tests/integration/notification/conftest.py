"""A real SMTP server in the test process, a registration that replies, notification in a
harness."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.notification.service import SERVICE
from tests.integration.notification.mail_server import MailServer
from tests.integration.notification.notification_driver import NotificationDriver, Registration
from tests.support.service_harness import HarnessFactory


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def driver(
    make_harness: HarnessFactory,
    mail_server: MailServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> NotificationDriver:
    """Notification with a mailbox: mails go over SMTP and lie in `tmp_path`, SMS too."""
    mail_server.folder = tmp_path
    for name, value in {
        "SMTP_URL": mail_server.url,
        "SMS_PROVIDER": "local",
        "MAILBOX_DIR": str(tmp_path),
        "NOTIFICATION_SEND_TIMEOUT": "60",
        "NOTIFICATION_LEASE": "120",
        "NOTIFICATION_RETRY_FIRST": "0.01",
        "NOTIFICATION_RETRY_LIMIT": "3",
    }.items():
        monkeypatch.setenv(f"BINOME_{name}", value)
    return NotificationDriver(await make_harness(SERVICE), Registration(), mail_server)
