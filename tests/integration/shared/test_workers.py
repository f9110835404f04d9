"""A worker that falls is started again, with the metrics that it had."""

import asyncio
from pathlib import Path

import pytest

from deploy.services import installed_services
from services.notification.settings import NotificationSettings
from shared.service.definition import Service
from shared.service.metrics import Metrics
from tests.support.service_harness import HarnessFactory


def test_a_metric_that_is_asked_for_again_is_the_same() -> None:
    metrics = Metrics("small")
    first = metrics.gauge("things_count", "Things", "kind")
    first.labels("a").set(3)
    assert metrics.gauge("things_count", "Things", "kind") is first
    with pytest.raises(TypeError, match="is a Gauge"):
        metrics.counter("things_count", "Things", "kind")


@pytest.mark.parametrize("service", installed_services(), ids=lambda service: service.name)
async def test_every_worker_starts_again(
    make_harness: HarnessFactory, service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if service.settings is NotificationSettings:
        for name, value in {
            "SMTP_URL": "smtp://127.0.0.1:1",
            "SMS_PROVIDER": "local",
            "MAILBOX_DIR": str(tmp_path),
        }.items():
            monkeypatch.setenv(f"BINOME_{name}", value)
    runtime = (await make_harness(service)).runtime
    for worker in service.workers:
        for _ in range(3):
            running = asyncio.ensure_future(worker(runtime))
            done, _ = await asyncio.wait([running], timeout=0.3)
            assert not done, f"{worker.__name__} fell: {running.exception()!r}"
            running.cancel()
            await asyncio.wait([running])
