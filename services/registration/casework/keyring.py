"""The secrets of this process, read once from the environment."""

import base64
from functools import cache

from services.registration.gateways.settings import IntakeSettings
from services.registration.store.vault import Vault
from shared.runtime.settings import load


@cache
def vault() -> Vault:
    """The vault under `BINOME_MASTER_KEY`. Raises SettingsFault when it is missing or malformed."""
    return Vault(base64.b64decode(_settings().master_key.get_secret_value()))


@cache
def fictional_numbers() -> bool:
    """Whether numbers reserved for fiction count (`BINOME_ACCEPT_FICTIONAL_NUMBERS`)."""
    return _settings().accept_fictional_numbers


def _settings() -> IntakeSettings:
    return load(IntakeSettings, "registration")
