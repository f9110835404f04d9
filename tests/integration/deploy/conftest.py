"""The composed stack without an engine: its own scripts and accounts on real private servers."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from deploy.devstack.servers import Servers, private_servers
from tests.architecture.tree import ROOT

Environment = dict[str, str]


@dataclass(frozen=True)
class Composed:
    """Servers furnished as `docker compose up` furnishes them."""

    servers: Servers
    secrets: Path

    def environment(self, name: str) -> Environment:
        """The environment of that container, with this machine's addresses."""
        text = (self.secrets / f"{name}.env").read_text()
        for host, url in (
            ("rabbitmq:5672", self.servers.amqp_url),
            ("postgres:5432", self.servers.postgres_url),
        ):
            text = text.replace(f"@{host}/", f"@127.0.0.1:{urlsplit(url).port}/")
        text = text.replace("/var/lib/binome/mailbox", str(self.secrets))
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        journal = {"BINOME_ERASURE_JOURNAL": str(self.secrets / "erasures" / "journal")}
        return dict(line.split("=", 1) for line in lines) | journal


@pytest.fixture(scope="package")
def composed() -> Iterator[Composed]:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory(prefix="binome-") as place:
        for name in ("BINOME_AMQP_URL", "BINOME_DATABASE_URL"):
            patch.delenv(name, raising=False)
        secrets = Path(place) / "secrets"
        _run("sh", ROOT / "deploy/secrets.sh", secrets)
        with private_servers(Path(place) / "run") as servers:
            for file in (secrets / "rabbitmq-accounts.json", ROOT / "deploy/rabbitmq/rights.json"):
                servers.rabbitmqctl("import_definitions", str(file))
            stack = Composed(servers, secrets)
            _make_databases(stack)
            yield stack


def _make_databases(stack: Composed) -> None:
    """As PostgreSQL's image runs the script: in an empty cluster, as its superuser."""
    assert stack.servers.postgres is not None
    url = urlsplit(stack.servers.postgres_url)
    place = {
        "PATH": f"{stack.servers.postgres.programs}:{os.environ['PATH']}",
        "PGHOST": url.hostname or "",
        "PGPORT": str(url.port),
        "PGPASSWORD": url.password or "",
    }
    _run(ROOT / "deploy/postgres/databases.sh", env=stack.environment("postgres") | place)


def _run(*command: str | Path, env: Environment | None = None) -> None:
    done = subprocess.run(
        [str(part) for part in command], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
