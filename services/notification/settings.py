"""What notification needs to reach the outside world."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.service.settings import Settings


class NotificationSettings(Settings):
    """Times are real seconds: a provider does not care about the business clock."""

    smtp_url: SecretStr
    """smtp://user:password@host:587 (TLS by STARTTLS where offered), or smtps://…:465."""
    sms_provider: Literal["brevo", "local"]
    sms_key: SecretStr = Field(default=SecretStr(""), validate_default=True)
    sms_url: str = "https://api.brevo.com/v3"
    sms_sender: str = Field(default="Binome", pattern=r"^([A-Za-z0-9]{1,11}|[0-9]{12,15})$")
    mailbox_dir: Path | None = Field(default=None, validate_default=True)
    """Demonstration only: the folder where the local mail server and SMS gateway leave messages."""
    mail_sender: str = Field(default="", pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")
    """The From address; empty: ne-pas-repondre@ the host of BINOME_PUBLIC_URL."""
    notification_parallel: int = Field(default=32, ge=1, le=200)
    """Messages in hand at once, and connections to the mail server at the most: Postfix takes 50
    from one client unless told otherwise (`smtpd_client_connection_count_limit`)."""
    notification_send_timeout: float = Field(default=15.0, gt=0)
    notification_lease: float = Field(default=60.0, gt=0, validate_default=True)
    """How long a sender may hold a message before others ask what became of it."""
    notification_retry_first: float = Field(default=5.0, gt=0)
    notification_retry_limit: int = Field(default=12, ge=1)
    notification_sms_absence: float = Field(default=900.0, ge=0)
    """How long the SMS provider may take to list a message that it took."""

    limit_unproved_per_day: int = Field(default=1, ge=1)
    """Messages that registrations cause, to an address from an open page that nobody proved."""
    limit_unproved_in_all: int = Field(default=3, ge=1)
    """The same, within a year."""
    limit_registrations_per_day: int = Field(default=50, ge=1)
    """Messages that registrations cause, to an address that is proved or that a partner gave."""
    limit_reminders_per_day: int = Field(default=20, ge=1)
    """Reminders to one address: a home may be the guardian of many."""
    limit_changes_per_day: int = Field(default=3, ge=1)
    """Messages that tell one address that it is an old one."""
    limit_requests_per_day: int = Field(default=100, ge=1)
    """Messages to one address about requests that somebody acts on."""
    limit_sms_per_prefix: int = Field(default=60, ge=1)
    """SMS an hour to one block of 10 000 numbers."""
    sms_daily_cap: int = Field(default=2_000, ge=1)
    """SMS a day, by the calendar of Paris; what is over it leaves the next morning."""

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("must be a URL such as smtp://user:secret@host:587")
        return value

    @field_validator("sms_key")
    @classmethod
    def _key_for_provider(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if info.data.get("sms_provider") == "brevo" and not value.get_secret_value():
            raise ValueError("is needed with BINOME_SMS_PROVIDER=brevo")
        return value

    @field_validator("mailbox_dir")
    @classmethod
    def _only_local(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if info.data.get("sms_provider") == "local" and value is None:
            raise ValueError("names the folder of the local mailbox, needed with provider local")
        if info.data.get("sms_provider") == "brevo" and value is not None:
            raise ValueError("is for BINOME_SMS_PROVIDER=local only: it lets all messages be read")
        if value is not None and not all(map(_is_local, _addresses(info.data))):
            raise ValueError(
                "is for a demonstration only, since it lets all messages be read: with it"
                " BINOME_PUBLIC_URL and BINOME_SMTP_URL must be of this machine or network"
            )
        return value

    @field_validator("notification_lease")
    @classmethod
    def _outlasts_sending(cls, value: float, info: ValidationInfo) -> float:
        timeout = info.data.get("notification_send_timeout")
        if timeout is not None and value <= timeout:
            raise ValueError("must be longer than BINOME_NOTIFICATION_SEND_TIMEOUT")
        return value

    @property
    def sender(self) -> str:
        """The address that our mails come from."""
        host = urlsplit(self.base_url("notification")).hostname or ""
        domain = host if any(char.isalpha() for char in host) else "binome.localhost"
        return self.mail_sender or f"ne-pas-repondre@{domain}"


def _addresses(settings: Mapping[str, Any]) -> list[str]:
    """Where people reach us, and where our mails go; a malformed one was told already."""
    smtp = settings.get("smtp_url")
    public = settings.get("notification_url") or settings.get("public_url") or ""
    return [public, smtp.get_secret_value() if smtp else ""]


def _is_local(url: str) -> bool:
    """Whether an address leads no further than this machine or a network of one's own."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(".localhost")
