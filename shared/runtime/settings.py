"""Settings from the environment; a wrong one stops the service at start in one sentence."""

import os
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.runtime.plain import PlainFault

PREFIX = "BINOME_"
SERVICES = ("registration", "matching", "notification", "followup")
"""Whose pages may be linked to; each may have an address of its own."""
PER_SERVICE = ("amqp_url", "database_url")
"""Settings that may differ by service: `BINOME_MATCHING_DATABASE_URL` beats the general one."""

S = TypeVar("S", bound="BrokerSettings")


class SettingsFault(PlainFault):
    """A setting is missing or malformed. The message names it and never shows its value."""


class BrokerSettings(BaseSettings):
    """For commands that speak with the broker alone. URLs hold secrets: they are never logged."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", hide_input_in_errors=True)

    amqp_url: SecretStr

    @field_validator("amqp_url")
    @classmethod
    def _is_broker(cls, value: SecretStr) -> SecretStr:
        return _checked(value, {"amqp", "amqps"}, "amqp://user:secret@host:5672/vhost")


class Settings(BrokerSettings):
    """What every service needs."""

    database_url: SecretStr
    secret_key: SecretStr = Field(min_length=32)
    """Signs sessions and derives the links in messages; the same for all services."""
    public_url: str = ""
    """Where people reach the house; `BINOME_<SERVICE>_URL` beats it for one service."""
    registration_url: str = ""
    matching_url: str = ""
    notification_url: str = ""
    followup_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    clock_speed: float = Field(default=1.0, ge=1.0)
    """Demonstration only: simulated seconds per real second."""
    clock_origin: datetime | Path | None = None
    """Demonstration only: the real instant from which time runs fast, or a file that will say."""
    clock_days: float = Field(default=0.0, ge=0.0)
    """Demonstration only: for how many simulated days; afterwards time runs normally again."""

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: SecretStr) -> SecretStr:
        return _checked(value, {"postgresql", "postgres"}, "postgresql://user:secret@host/name")

    def base_url(self, service: str) -> str:
        """Base address of a service's pages, without a slash at the end."""
        own: str = getattr(self, f"{service}_url")
        return (own or self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def _checked(value: SecretStr, schemes: set[str], example: str) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"must be a URL such as {example}")
    return value


def load(kind: type[S], service: str) -> S:
    """Read the settings of a service. Raises SettingsFault with one sentence per wrong setting."""
    own = {
        field: SecretStr(value)
        for field in PER_SERVICE
        if (value := os.environ.get(f"{PREFIX}{service.upper()}_{field.upper()}"))
    }
    try:
        return kind(**own)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        raise SettingsFault("; ".join(_sentence(fault["loc"], fault) for fault in faults)) from None


def _sentence(loc: tuple[int | str, ...], fault: object) -> str:
    name = PREFIX + "_".join(str(part) for part in loc).upper()
    kind = fault.get("type") if isinstance(fault, dict) else ""
    if kind == "missing":
        return f"{name} is missing: set it in the environment (see README, Settings)"
    text = fault.get("msg", "is malformed") if isinstance(fault, dict) else "is malformed"
    return f"{name} is malformed: {text}"
