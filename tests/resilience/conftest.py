"""What is killed is the test's own: a small pair of servers, or a local stack."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest

from deploy.devstack.servers import Servers, private_servers
from tests.conftest import ROOT, Databases


@pytest.fixture(autouse=True)
def own_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses that stand in for keys and the journal elsewhere do not stand here."""
    for name in ("BINOME_KEYS_DATABASE_URL", "BINOME_ERASURE_JOURNAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Killing them disturbs no other test, and with little in them they are soon back."""
    folder = ROOT / ".local" / f"killed-{os.getpid()}-{uuid4().hex[:6]}"
    with private_servers(folder) as found:
        yield found


@pytest.fixture
def databases(servers: Servers) -> Databases:
    """They end with their server."""
    return Databases(servers.postgres_url)
