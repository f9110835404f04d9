"""A missing or dangerous setting stops the service with one sentence."""

from pathlib import Path

import pytest

from services.notification.settings import NotificationSettings
from shared.service.settings import SettingsFault, load

GOOD = {
    "BINOME_AMQP_URL": "amqp://a:b@127.0.0.1/x",
    "BINOME_DATABASE_URL": "postgresql://a:b@127.0.0.1/x",
    "BINOME_SECRET_KEY": "only-for-tests-" * 4,
    "BINOME_SMTP_URL": "smtp://127.0.0.1:25",
    "BINOME_SMS_PROVIDER": "local",
    "BINOME_MAILBOX_DIR": "/nowhere",
}


def settings(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> NotificationSettings:
    for name, value in {
        **GOOD,
        **{f"BINOME_{key}": value for key, value in changes.items()},
    }.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return load(NotificationSettings, "notification")


def test_the_demonstration_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch)
    assert found.mailbox_dir == Path("/nowhere")
    assert found.sender == "ne-pas-repondre@binome.localhost"


@pytest.mark.parametrize(
    "changes",
    [
        {"SMTP_URL": "smtp://mail:1025", "PUBLIC_URL": "http://localhost:8080"},
        {"SMTP_URL": "smtp://[::1]:25", "PUBLIC_URL": "http://192.168.1.7:8080"},
        {"PUBLIC_URL": "http://binome.localhost"},
    ],
)
def test_a_demonstration_stays_on_this_machine_or_network(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]
) -> None:
    assert settings(monkeypatch, **changes).mailbox_dir == Path("/nowhere")


def test_a_real_installation_writes_from_its_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"SMS_PROVIDER": "brevo", "SMS_KEY": "k", "MAILBOX_DIR": None}
    found = settings(monkeypatch, PUBLIC_URL="https://binome.example", **changes)
    assert found.sender == "ne-pas-repondre@binome.example"
    named = settings(monkeypatch, MAIL_SENDER="bonjour@binome.example", **changes)
    assert named.sender == "bonjour@binome.example"


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"SMTP_URL": None}, "BINOME_SMTP_URL is missing"),
        ({"SMTP_URL": "http://127.0.0.1"}, "BINOME_SMTP_URL is malformed"),
        ({"SMS_PROVIDER": None}, "BINOME_SMS_PROVIDER is missing"),
        ({"SMS_PROVIDER": "pigeon"}, "BINOME_SMS_PROVIDER is malformed"),
        ({"SMS_PROVIDER": "brevo", "MAILBOX_DIR": None}, "BINOME_SMS_KEY is malformed"),
        ({"SMS_PROVIDER": "brevo", "SMS_KEY": "k"}, "BINOME_MAILBOX_DIR is malformed"),
        ({"MAILBOX_DIR": None}, "BINOME_MAILBOX_DIR is malformed"),
        ({"SMTP_URL": "smtp://a:b@smtp.provider.example:587"}, "BINOME_MAILBOX_DIR is malformed"),
        ({"SMTP_URL": "smtps://203.0.114.7"}, "BINOME_MAILBOX_DIR is malformed"),
        ({"PUBLIC_URL": "https://binome.example"}, "BINOME_MAILBOX_DIR is malformed"),
        ({"NOTIFICATION_URL": "https://n.binome.example"}, "BINOME_MAILBOX_DIR is malformed"),
        ({"SMS_SENDER": "Binôme, gratuit"}, "BINOME_SMS_SENDER is malformed"),
        ({"MAIL_SENDER": "a@b.example\nBcc: c@d.example"}, "BINOME_MAIL_SENDER is malformed"),
        ({"NOTIFICATION_LEASE": "15"}, "BINOME_NOTIFICATION_LEASE is malformed"),
    ],
)
def test_one_sentence_names_what_is_wrong_and_shows_no_value(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None], names: str
) -> None:
    with pytest.raises(SettingsFault) as fault:
        settings(monkeypatch, **changes)
    assert str(fault.value).startswith(names)
    assert ";" not in str(fault.value)
    assert "pigeon" not in str(fault.value)
