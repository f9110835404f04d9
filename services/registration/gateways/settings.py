"""What registration needs from the environment beside the common settings."""

import base64
import binascii

from pydantic import SecretStr, field_validator

from shared.runtime.settings import Settings


class RegistrationSettings(Settings):
    """`BINOME_MASTER_KEY`: 32 random bytes in base64; it wraps the key of each person."""

    master_key: SecretStr
    accept_fictional_numbers: bool = False
    """Demonstration and tests: numbers that ARCEP reserves for fiction (06 39 98 …) count."""

    @field_validator("master_key")
    @classmethod
    def _is_key(cls, value: SecretStr) -> SecretStr:
        try:
            size = len(base64.b64decode(value.get_secret_value(), validate=True))
        except binascii.Error:
            size = 0
        if size != 32:
            raise ValueError("must be 32 random bytes in base64 (openssl rand -base64 32)")
        return value


class IntakeSettings(RegistrationSettings):
    """For the command `binome import`, which writes to the database and needs no broker."""

    amqp_url: SecretStr = SecretStr("amqp://not-needed")
