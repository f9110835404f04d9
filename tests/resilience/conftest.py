"""What is killed is the test's own: a small pair of servers, or a local stack."""

from collections.abc import Iterator

import pytest

from deploy.devstack.servers import Servers, private_servers
from tests.conftest import Databases, run_folder


@pytest.fixture(autouse=True)
def own_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses that stand in for keys and the journal elsewhere do not stand here."""
    for name in ("BINOME_KEYS_DATABASE_URL", "BINOME_ERASURE_JOURNAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Killing them disturbs no other test, and with little in them they are soon back."""
    with private_servers(run_folder("killed")) as found:
        yield found


@pytest.fixture
def databases(servers: Servers) -> Databases:
    """They end with their server."""
    return Databases(servers.postgres_url)
