"""A private RabbitMQ node: own name, epmd, cookie, ports, data and log, loopback only."""

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.devstack import processes
from deploy.devstack.logfile import end_of
from deploy.devstack.processes import START_SECONDS, ProcessId
from deploy.devstack.secret_store import write_private

ADMIN = "binome-admin"

_LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"
# Idle schedulers sleep instead of spinning: the services share these cores.
_SLEEPY = "+sbwt none +sbwtdcpu none +sbwtdio none"


@dataclass
class Broker:
    """One node under `folder`; works with RabbitMQ 3.10 and 4.x."""

    folder: Path
    programs: Path
    epmd_program: Path
    node: str
    port: int
    dist_port: int
    epmd_port: int
    password: str
    cookie: str
    mark: ProcessId | None = None
    epmd: ProcessId | None = None

    @property
    def url(self) -> str:
        """Administrator, virtual host `/`."""
        return f"amqp://{ADMIN}:{self.password}@127.0.0.1:{self.port}/"

    @property
    def home(self) -> Path:
        """The folder of the cookie, outside of the data."""
        return _home(self.folder)

    @property
    def log(self) -> Path:
        """Where the broker's output goes."""
        return self.folder / "logs" / "broker.log"

    def spawn(self) -> ProcessId:
        """Start the name server and the node without waiting for them."""
        self._write_settings()
        self._spawn_epmd()
        self.mark = processes.spawn(
            [self.programs / "rabbitmq-server"],
            log=self.log,
            env=self._environment(),
            cwd=self.home,
        )
        return self.mark

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until it answers AMQP; RuntimeError with the log's end when it does not."""
        deadline = time.monotonic() + seconds
        while not self._speaks_amqp():
            if self.mark is None or not self.mark.alive() or time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ did not start\n{end_of(self.log)}")
            time.sleep(0.1)

    def ask_to_stop(self) -> None:
        """Send SIGTERM without waiting; nothing happens where none was started."""
        if self.mark:
            self.mark.send(signal.SIGTERM)

    def drop(self) -> None:
        """Let go of the node at once; its data is thrown away."""
        self.kill()

    def stop(self) -> None:
        """Stop the node, then its name server."""
        for mark in (self.mark, self.epmd):
            if mark:
                processes.end(mark)

    def kill(self) -> None:
        """kill -9 of the node, as a crash would; its name server stays."""
        if self.mark:
            processes.kill(processes.family(self.mark))

    def ctl(self, *arguments: str) -> str:
        """Output of rabbitmqctl against this node; RuntimeError with its words when it fails."""
        done = subprocess.run(
            [str(self.programs / "rabbitmqctl"), "--quiet", *arguments],
            capture_output=True,
            text=True,
            env=self._environment(),
            cwd=self.home,
            check=False,
        )
        if done.returncode:
            # Only the verb: arguments may hold a password.
            raise RuntimeError(f"rabbitmqctl {arguments[0]} failed\n{done.stdout}{done.stderr}")
        return done.stdout

    def _spawn_epmd(self) -> None:
        if self.epmd and self.epmd.alive():
            return
        command: list[str | Path] = [
            self.epmd_program,
            "-port",
            str(self.epmd_port),
            "-address",
            "127.0.0.1",
        ]
        self.epmd = processes.spawn(command, log=self.log, env=self._environment(), cwd=self.home)
        deadline = time.monotonic() + START_SECONDS
        while not _accepts(self.epmd_port):
            if not self.epmd.alive() or time.monotonic() > deadline:
                raise RuntimeError(f"epmd did not start\n{end_of(self.log)}")
            time.sleep(0.02)

    def _write_settings(self) -> None:
        self.home.mkdir(mode=0o700, exist_ok=True)
        write_private(self.home / ".erlang.cookie", self.cookie)
        (self.home / ".erlang.cookie").chmod(0o400)
        write_private(self.home / "rabbitmq.conf", self._settings())
        for empty in ("advanced.config", "enabled_plugins"):
            write_private(self.home / empty, "[].\n")
        write_private(self.home / "rabbitmq-env.conf", "")

    def _settings(self) -> str:
        return "\n".join(
            [
                f"listeners.tcp.1 = 127.0.0.1:{self.port}",
                f"default_user = {ADMIN}",
                f"default_pass = {self.password}",
                "log.console.level = info",
                # Memory of quorum queues follows the size of their log.
                "raft.wal_max_size_bytes = 67108864",
                "",
            ]
        )

    def _environment(self) -> dict[str, str]:
        """Ours without RABBITMQ_* and ERL_*: no setting of another node leaks into this one."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RABBITMQ_", "ERL_", "NOTIFY_SOCKET"))
        }
        home = str(self.home)
        return environment | {
            "HOME": home,
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_CONF_ENV_FILE": f"{home}/rabbitmq-env.conf",
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{home}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/enabled_plugins",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{home}/config",
            "RABBITMQ_MNESIA_BASE": f"{home}/data",
            "RABBITMQ_LOG_BASE": str(self.log.parent),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": f"{home}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{_LOOPBACK} {_SLEEPY}",
            "RABBITMQ_CTL_ERL_ARGS": _LOOPBACK,
            # The start script then becomes the node itself, so its number is the node's.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _speaks_amqp(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.settimeout(5)
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"  # a method frame: Connection.Start
        except OSError:
            return False


def remove_data(folder: Path) -> None:
    """Remove the data and settings of the node of a folder."""
    shutil.rmtree(_home(folder), ignore_errors=True)


def _home(folder: Path) -> Path:
    return folder / "broker"


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
