"""Settings from the environment; a wrong one stops the service at start in one sentence."""

import os
from collections.abc import Collection
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AwareDatetime,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.service.user_error import UserError

PREFIX = "BINOME_"
SERVICES = ("registration", "matching", "notification", "followup")
"""Whose pages may be linked to; each may have an address of its own."""
PER_SERVICE = ("amqp_url", "database_url")
"""Settings that may differ by service: `BINOME_MATCHING_DATABASE_URL` beats the general one."""

S = TypeVar("S", bound="BrokerSettings")


class SettingsFault(UserError):
    """A setting is missing or malformed. The message names it and never shows its value."""


class BrokerSettings(BaseSettings):
    """For commands that connect to the broker alone. URLs hold secrets: they are never logged."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", hide_input_in_errors=True)

    amqp_url: SecretStr

    @field_validator("amqp_url")
    @classmethod
    def _is_broker(cls, value: SecretStr) -> SecretStr:
        return _check_url(value, {"amqp", "amqps"}, "amqp://user:secret@host:5672/vhost")


class Settings(BrokerSettings):
    """What every service needs."""

    database_url: SecretStr
    secret_key: SecretStr = Field(min_length=32)
    """Signs sessions and derives the links in messages; the same for all services."""
    public_url: str = ""
    """Where people reach us; `BINOME_<SERVICE>_URL` beats it for one service."""
    registration_url: str = ""
    matching_url: str = ""
    notification_url: str = ""
    followup_url: str = ""
    trusted_proxies: str = ""
    """Addresses or networks whose X-Forwarded-For is believed, separated by commas; empty: none."""
    limit_link_guesses: int = Field(default=60, ge=1)
    """Links that do not open, an hour and network (/24, /56), before it has to wait."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    clock_speed: float = Field(default=1.0, ge=1.0, allow_inf_nan=False)
    """Demonstration only: simulated seconds per real second."""
    clock_origin: AwareDatetime | Path | None = Field(default=None, validate_default=True)
    """Demonstration only: the real instant from which time runs fast, or a file that will say."""
    clock_days: float = Field(default=0.0, ge=0.0, le=100_000)
    """Demonstration only: for how many simulated days; afterwards time runs normally again."""

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: SecretStr) -> SecretStr:
        return check_database_url(value)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        try:
            networks = [ip_network(part.strip()) for part in value.split(",") if part.strip()]
        except ValueError:
            raise ValueError(
                "must be addresses or networks such as 172.28.5.10, fd00::/64"
            ) from None
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("must not be the whole internet: anybody could forge an address")
        return value

    @field_validator("clock_origin")
    @classmethod
    def _is_origin(cls, value: datetime | Path | None, detail: ValidationInfo) -> Any:
        if isinstance(value, Path) and not value.is_absolute():
            raise ValueError("must be an instant such as 2026-01-10T09:00:00+01:00")
        if value is None and detail.data.get("clock_speed", 1.0) != 1.0:
            raise ValueError("must say from when on BINOME_CLOCK_SPEED holds, for all alike")
        return value

    @property
    def proxies(self) -> list[str]:
        """The trusted proxies, one by one."""
        return [part.strip() for part in self.trusted_proxies.split(",") if part.strip()]

    def base_url(self, service: str) -> str:
        """Base address of a service's pages, without a slash at the end."""
        own: str = getattr(self, f"{service}_url", "")
        return (own or self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def check_database_url(value: SecretStr) -> SecretStr:
    """The address of a database. Raises ValueError when it is malformed, without its secret."""
    return _check_url(value, {"postgresql", "postgres"}, "postgresql://user:secret@host/name")


def _check_url(value: SecretStr, schemes: set[str], example: str) -> SecretStr:
    try:
        parts = urlsplit(value.get_secret_value())
        good = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:  # its own words may quote a piece of the secret
        good = False
    if not good:
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
        sentences = dict.fromkeys(_sentence(fault, service, own) for fault in faults)
        raise SettingsFault("; ".join(sentences)) from None


def address_of(variable: str) -> str:
    """The address of a further database, from the environment. Raises SettingsFault."""
    try:
        return check_database_url(SecretStr(os.environ.get(variable, ""))).get_secret_value()
    except ValueError as error:
        raise SettingsFault(f"{variable} {error}") from None


def _sentence(fault: ErrorDetails, service: str, own: Collection[str]) -> str:
    field = str(fault["loc"][0])
    prefix = f"{PREFIX}{service.upper()}_" if field in own else PREFIX
    name = prefix + field.upper().removeprefix(PREFIX)
    if fault["type"] == "missing":
        return f"{name} is missing: set it in the environment (see README, Settings)"
    return f"{name} is malformed: {fault['msg'].removeprefix('Value error, ')}"
