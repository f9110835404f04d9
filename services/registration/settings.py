"""What registration needs from the environment beside the common settings."""

import base64
import binascii
from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from shared.service.settings import Settings, check_database_url

_KEY_BYTES = 32
"""Of AES-256."""


class RegistrationSettings(Settings):
    """`BINOME_MASTER_KEY`: 32 random bytes in base64; it wraps the key of each person."""

    master_key: SecretStr
    keys_database_url: SecretStr
    """Where the keys of people stand: a database of their own, in production in a cluster of its
    own, whose archive reaches back `keys_archive_days` and no further."""
    keys_archive_days: int = Field(default=7, ge=0, le=365)
    """From so many days after it on, an erasure is final: no archive holds the key any more."""
    erasure_journal: Path
    """The file of ids that were erased, outside of both databases: after a restore they are erased
    again from it."""
    retention_file: Path | None = None
    """Days of retention by rule, as in `domain/retention.json`, for this installation."""
    accept_fictional_numbers: bool = False
    """Demonstration and tests: numbers that ARCEP reserves for fiction (06 39 98 …) count."""

    limit_forms_per_mail: int = Field(default=20, ge=1)
    """Forms an hour that name the same mail address, be it a guardian's."""
    limit_forms_per_phone: int = Field(default=20, ge=1)
    """Forms an hour that name the same number."""
    limit_forms_per_prefix: int = Field(default=20, ge=1)
    """Forms an hour whose numbers lie in one block of 10 000 (all but the last four digits)."""
    limit_forms_per_network: int = Field(default=200, ge=1)
    """Forms an hour from one network (/24, /56); one address is a network too: a school gets in."""
    limit_forms_per_client: int = Field(default=40, ge=1)
    """Forms a minute from one address: a class of pupils, no machine."""
    limit_consents_per_network: int = Field(default=60, ge=1)
    """Answers of guardians an hour from one network."""
    limit_sign_ins_per_network: int = Field(default=30, ge=1)
    """Times an hour that one network may ask for a link to sign in with, or use one."""
    limit_registrations_per_partner: int = Field(default=20_000, ge=1)
    """Registrations an hour by one partner's key."""

    @field_validator("keys_database_url")
    @classmethod
    def _is_other_database(cls, value: SecretStr) -> SecretStr:
        return check_database_url(value)

    @field_validator("erasure_journal")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        if not value.is_absolute():
            raise ValueError("must be an absolute path such as /var/lib/binome/erasures/journal")
        return value

    @field_validator("master_key")
    @classmethod
    def _is_key(cls, value: SecretStr) -> SecretStr:
        try:
            size = len(base64.b64decode(value.get_secret_value(), validate=True))
        except binascii.Error:
            size = 0
        if size != _KEY_BYTES:
            raise ValueError("must be 32 random bytes in base64 (openssl rand -base64 32)")
        return value


class PartnersSettings(Settings):
    """For the command `binome partner`, which writes to the database and opens no identity."""

    amqp_url: SecretStr = SecretStr("amqp://not-needed")


class IntakeSettings(RegistrationSettings):
    """For the command `binome import`, which writes to the database and needs no broker."""

    amqp_url: SecretStr = SecretStr("amqp://not-needed")
