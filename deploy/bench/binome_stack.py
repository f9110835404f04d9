"""Binôme's four services as a benchmark runs them: as in production, but for quotas of one sender
or address, and for associations that always have room."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from deploy.devstack.local_stack import LocalStack
from deploy.devstack.processes import ProcessId
from deploy.devstack.servers import Servers
from deploy.devstack.settings import Ports, build_environment
from shared.service.settings import SERVICES

PARTNER = "lycees-du-banc"
REPLICATED = ("registration", "notification")
ROOM = 10**9
"""Requests that each association may have in hand: none is ever full."""
SETTINGS = {
    # As in production a mail server cannot be asked what became of a mail. Nobody is sent an SMS:
    # everybody has a mail address.
    "BINOME_SMS_PROVIDER": "brevo",
    "BINOME_SMS_KEY": "not-used",
    "BINOME_ACCEPT_FICTIONAL_NUMBERS": "1",
    "BINOME_LIMIT_REGISTRATIONS_PER_PARTNER": str(ROOM),
}


@dataclass(frozen=True)
class StackPlan:
    """`by_hand`: associations take charge by hand, so nobody is told that they did; `replicas` of
    registration and of notification."""

    smtp_port: int
    by_hand: bool = True
    replicas: int = 1


@contextmanager
def binome_stack(servers: Servers, plan: StackPlan) -> Iterator[LocalStack]:
    """The services, ready, while the block runs."""
    ports = Ports.choose()
    environment = build_environment(servers, servers.folder, ports) | SETTINGS
    del environment["BINOME_MAILBOX_DIR"]
    environment["BINOME_SMTP_URL"] = f"smtp://127.0.0.1:{plan.smtp_port}"
    environment["BINOME_ASSOCIATIONS_FILE"] = str(_write_associations(servers.folder, plan))
    stack = LocalStack(servers.folder, environment, servers, ports)
    try:
        stack.migrate()
        stack.open()
        for service in REPLICATED * (plan.replicas - 1):
            stack.start_service(service)
        yield stack
    finally:
        stack.close()


def service_processes(stack: LocalStack) -> dict[str, list[ProcessId]]:
    """The processes of each service."""
    return {name: [one.process for one in stack.services[name]] for name in SERVICES}


def run_binome(environment: Mapping[str, str], *arguments: str) -> str:
    """Run the command `binome` beside the stack; what it printed."""
    command = [sys.executable, "-m", "deploy.cli.main", *arguments]
    done = subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, check=True
    )
    return done.stdout


def _write_associations(folder: Path, plan: StackPlan) -> Path:
    """The associations that ship, with room for everybody and all taking charge alike."""
    shipped = files("shared.contracts.vocabulary").joinpath("associations.json")
    entries = json.loads(shipped.read_text(encoding="utf-8"))
    for entry in entries:
        if not entry.get("network_head"):
            entry["capacity"] = ROOM
            entry["takes_charge"] = "by_hand" if plan.by_hand else "automatic"
    file = folder / "associations.json"
    file.write_text(json.dumps(entries), encoding="utf-8")
    return file
