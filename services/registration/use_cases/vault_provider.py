"""The secrets of this process, read from the environment, and the database of people's keys."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from services.registration.gateways.journal import ErasureJournal
from services.registration.settings import IntakeSettings
from services.registration.store.keys import Keys
from services.registration.store.vault import Vault
from shared.service.settings import load

_VARIABLES = ("BINOME_MASTER_KEY", "BINOME_KEYS_DATABASE_URL")


def vault() -> Vault:
    """The vault under `BINOME_MASTER_KEY`, with the keys in `BINOME_KEYS_DATABASE_URL`.

    Raises SettingsFault when one is missing or malformed.
    """
    return _vault_of(tuple(os.environ.get(name) for name in _VARIABLES))


@asynccontextmanager
async def key_database() -> AsyncIterator[None]:
    """The database of keys while the block runs; it connects when first needed."""
    keys = vault().keys
    try:
        yield
    finally:
        await keys.close()


@cache
def _journal(path: Path) -> ErasureJournal:
    return ErasureJournal(path)


def journal() -> ErasureJournal:
    """The journal of erasures in `BINOME_ERASURE_JOURNAL`."""
    return _journal(_settings().erasure_journal)


def archive_days() -> int:
    """How far back the archive of keys reaches (`BINOME_KEYS_ARCHIVE_DAYS`)."""
    return _settings().keys_archive_days


def retention_file() -> Path | None:
    """Rules of retention of this installation (`BINOME_RETENTION_FILE`)."""
    return _settings().retention_file


@cache
def fictional_numbers() -> bool:
    """Whether numbers reserved for fiction count (`BINOME_ACCEPT_FICTIONAL_NUMBERS`)."""
    return _settings().accept_fictional_numbers


@cache
def _vault_of(_environment: tuple[str | None, ...]) -> Vault:
    """Made anew only where the environment has changed: a vault is asked for at every step."""
    settings = _settings()
    master_key = base64.b64decode(settings.master_key.get_secret_value())
    return Vault(master_key, Keys(settings.keys_database_url.get_secret_value()))


def _settings() -> IntakeSettings:
    return load(IntakeSettings, "registration")
