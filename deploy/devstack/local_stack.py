"""All on one machine: servers, four services and a mailbox, each a process of its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.devstack import processes, state_file
from deploy.devstack.accounts import admit, amqp_url, partner_user
from deploy.devstack.databases import DATABASES, drop_databases
from deploy.devstack.ports import free_port
from deploy.devstack.replica import Replica, answers, wait_ready
from deploy.devstack.secret_store import Secrets, write_private
from deploy.devstack.servers import Say, Servers, private_servers
from deploy.devstack.settings import (
    Ports,
    build_environment,
    service_environment,
    without_master_key,
    without_secrets,
)
from deploy.devstack.signals import ignore_stop_signals
from deploy.devstack.state import forget_state
from deploy.devstack.state_writing import write_state
from shared.service.settings import SERVICES
from shared.service.user_error import UserError

_BINOME = (sys.executable, "-m", "deploy.cli.main")
_CHECKOUT = Path(__file__).resolve().parents[2]

Clock = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""Environment that sets the clock; a function is called when the services are about to start."""


class MigrationError(UserError):
    """`binome migrate` failed; says what it wrote."""


@dataclass(frozen=True)
class Commands:
    """The commands of a local stack. The name of the service is added to `run`."""

    run: tuple[str, ...] = (*_BINOME, "run")
    migrate: tuple[str, ...] = (*_BINOME, "migrate")
    mailbox: tuple[str, ...] = (sys.executable, "-m", "deploy.devstack.mailbox")


@dataclass
class LocalStack:
    """A running local stack. `environment` is what `binome` needs to work on it.

    `services` holds every replica that was started and not stopped, a killed one included.
    """

    folder: Path
    environment: dict[str, str]
    servers: Servers
    ports: Ports
    commands: Commands = field(default_factory=Commands)
    services: dict[str, list[Replica]] = field(default_factory=dict)
    mailbox: Replica | None = None

    def migrate(self) -> None:
        """Bring databases and broker to what the code expects. Raises MigrationError."""
        done = subprocess.run(
            self.commands.migrate,
            env=without_master_key(self.environment),
            cwd=_CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        write_private(self.folder / "logs" / "migrate.log", done.stdout + done.stderr)
        if done.returncode:
            raise MigrationError(f"binome migrate failed\n{done.stdout}{done.stderr}")

    def open(self, replicas: int = 1) -> None:
        """Start the mailbox and `replicas` processes of each service; returns when all are ready.

        Raises NotReadyError.
        """
        if folder := self.environment.get("BINOME_MAILBOX_DIR"):
            self._start_mailbox(Path(folder))
        for service in SERVICES:
            for _ in range(replicas):
                self.start_service(service, wait=False)
        wait_ready([one for several in self.services.values() for one in several])
        write_state(self.folder, self.environment)

    def start_service(self, name: str, *, wait: bool = True) -> Replica:
        """One more replica; ready when this returns, unless `wait` is false."""
        several = self.services.setdefault(name, [])
        n = max((one.n for one in several), default=0) + 1
        taken = {one.url for one in several}
        url = self.environment[f"BINOME_{name.upper()}_URL"]
        port = free_port() if url in taken else self.ports.services[name]
        started = self._run(name, n, port)
        several.append(started)
        if wait:
            wait_ready([started])
        return started

    def kill(self, replica: Replica) -> None:
        """kill -9, as a crash would."""
        processes.kill(processes.family(replica.process))

    def stop(self, replica: Replica) -> None:
        """SIGTERM: what is in hand is finished; returns when the process is gone."""
        processes.end(replica.process, patience=30.0)
        self.services[replica.service].remove(replica)

    def restart(self, replica: Replica, *, wait: bool = True) -> Replica:
        """The same replica again, in a new process on the same port and log."""
        processes.end(replica.process, patience=30.0)
        again = self._run(replica.service, replica.n, int(replica.url.rpartition(":")[2]))
        several = self.services[replica.service]
        several[several.index(replica)] = again
        if wait:
            wait_ready([again])
        return again

    def partner_url(self, name: str) -> str:
        """Broker address of a partner, who may write its own topic and read its own refusals."""
        user = partner_user(name, Secrets(self.folder).get(f"amqp_partner_{name}"))
        if self.servers.broker is not None:
            admit(self.servers, self.folder, [user])
        return amqp_url(self.servers, user)

    def close(self) -> None:
        """Stop the services, then the mailbox that their last messages went to."""
        processes.end_all([one.process for many in self.services.values() for one in many])
        if self.mailbox:
            processes.end(self.mailbox.process)

    def _run(self, service: str, n: int, port: int) -> Replica:
        environment = service_environment(self.environment, service, port)
        return self._spawn([*self.commands.run, service], service, n, port, environment)

    def _start_mailbox(self, folder: Path) -> None:
        command = [*self.commands.mailbox, "--port", str(self.ports.mailbox)]
        environment = without_secrets(self.environment) | {"BINOME_MAILBOX_DIR": str(folder)}
        self.mailbox = self._spawn(command, "mailbox", 1, self.ports.mailbox, environment)
        wait_ready([self.mailbox], answers)

    def _spawn(
        self, command: list[str], service: str, n: int, port: int, env: Mapping[str, str]
    ) -> Replica:
        log = self.folder / "logs" / f"{service}-{n}.log"
        mark = processes.spawn(command, log=log, env=env, cwd=_CHECKOUT)
        replica = Replica(service, n, f"http://127.0.0.1:{port}", log, mark)
        state_file.note(self.folder, **{replica.name: mark})
        return replica


def prepare(
    servers: Servers, folder: Path, clock: Clock, commands: Commands | None = None
) -> LocalStack:
    """A local stack with its accounts, migrated and ready to open. The clock is set last."""
    ports = Ports.choose()
    environment = build_environment(servers, folder, ports)
    stack = LocalStack(folder, environment, servers, ports, commands or Commands())
    stack.migrate()
    return replace(stack, environment=environment | dict(clock() if callable(clock) else clock))


@contextmanager
def local_stack(
    folder: Path,
    *,
    clock: Clock = {},  # noqa: B006 - only read
    replicas: int = 1,
    say: Say = print,
    commands: Commands | None = None,
) -> Iterator[LocalStack]:
    """The whole local stack while the block runs; all of it stopped however the block ends.

    Raises MissingProgramsError, MigrationError or NotReadyError, each with a message for people.
    """
    with private_servers(folder, say) as servers:
        made: LocalStack | None = None
        try:
            made = prepare(servers, folder, clock, commands)
            made.open(replicas)
            yield made
        finally:
            with ignore_stop_signals():
                _leave(made, servers, folder)


def _leave(made: LocalStack | None, servers: Servers, folder: Path) -> None:
    if made:
        made.close()
    forget_state(folder)
    if servers.postgres is None:
        drop_databases(servers, folder, DATABASES)
