"""A house of its own takes nothing from what tests of single services are given."""

import pytest


@pytest.fixture(autouse=True)
def own_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses that stand in for keys and the journal elsewhere do not stand here."""
    for name in ("BINOME_KEYS_DATABASE_URL", "BINOME_ERASURE_JOURNAL"):
        monkeypatch.delenv(name, raising=False)
