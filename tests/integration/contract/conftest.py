"""All four services, a mail server, and a round runner."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.followup.service import SERVICE as FOLLOWUP
from services.matching.service import SERVICE as MATCHING
from services.matching.solver_process.process import SolverProcess
from services.matching.use_cases.refresh_metrics import RoundMetrics
from services.matching.use_cases.run_rounds import RoundRunner
from services.notification.service import SERVICE as NOTIFICATION
from services.registration.service import SERVICE as REGISTRATION
from tests.integration.contract.network import Network
from tests.integration.notification.mail_server import MailServer
from tests.integration.registration.conftest import KEY, PARTNER
from tests.support.service_harness import HarnessFactory

MAIL_SETTINGS = {
    "SMS_PROVIDER": "local",
    "NOTIFICATION_SEND_TIMEOUT": "60",
    "NOTIFICATION_LEASE": "120",
    "NOTIFICATION_RETRY_FIRST": "0.01",
    "NOTIFICATION_RETRY_LIMIT": "3",
    "MATCHING_CADENCE": "1",
}


@pytest.fixture(scope="session")
async def solver_process() -> AsyncIterator[SolverProcess]:
    """One warm process for the whole run."""
    process = SolverProcess()
    yield process
    await process.close()


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def network(
    make_harness: HarnessFactory,
    mail: MailServer,
    tmp_path: Path,
    solver_process: SolverProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> Network:
    mail.folder = tmp_path
    settings = MAIL_SETTINGS | {"SMTP_URL": mail.url, "MAILBOX_DIR": str(tmp_path)}
    for name, value in settings.items():
        monkeypatch.setenv(f"BINOME_{name}", value)
    services = (REGISTRATION, MATCHING, NOTIFICATION, FOLLOWUP)
    harnesses = {service.name: await make_harness(service) for service in services}
    matching = harnesses["matching"]
    runner = RoundRunner(matching.runtime, solver_process, RoundMetrics(matching.runtime.metrics))
    return Network(harnesses, runner)


@pytest.fixture(autouse=True)
async def partner(network: Network) -> None:
    """A partner whose key is KEY."""
    digest = hashlib.sha256(KEY.encode()).digest()
    await network.harnesses["registration"].pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ($1, $2, now())", PARTNER, digest
    )
