"""A private PostgreSQL cluster: one folder, one loopback port, no socket file."""

import signal
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.devstack import processes
from deploy.devstack.cluster import data_of, environment, make_cluster, server_account
from deploy.devstack.logfile import end_of
from deploy.devstack.processes import START_SECONDS, ProcessId

_STATUS = 7
"""The line of postmaster.pid, from 0, that says whether the server accepts connections."""

# Fewer checkpoints and no replication, but every commit still reaches the disk.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "logging_collector": "off",
    # A statement and the error about it may carry personal data; the services log their own.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
}


# What a commit wrote outlives a killed server, but not a crash of the machine.
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass
class Postgres:
    """One cluster under `folder`; its superuser is `postgres`, with a password.

    `durable`: whether commits wait for the disk; else its data lies in memory, where there is room.
    """

    folder: Path
    programs: Path
    port: int
    password: str
    mark: ProcessId | None = None
    durable: bool = True

    @property
    def url(self) -> str:
        """Superuser, database `postgres`."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        """The data folder; a link where the account of the server cannot reach the checkout."""
        return data_of(self.folder)

    @property
    def log(self) -> Path:
        """Where the server's output goes."""
        return self.folder / "logs" / "postgres.log"

    def spawn(self) -> ProcessId:
        """Start the server (made first when the folder holds none) without waiting for it."""
        if not (self.data / "PG_VERSION").exists():
            make_cluster(
                self.folder, self.programs, self.password, self.log, in_memory=not self.durable
            )
        chosen = _SETTINGS if self.durable else _SETTINGS | _NOT_DURABLE
        settings = [f"--{name}={value}" for name, value in chosen.items()]
        self.mark = processes.spawn(
            [
                self.programs / "postgres",
                "-D",
                self.data.resolve(),
                "-p",
                str(self.port),
                *settings,
            ],
            log=self.log,
            env=environment(),
            cwd=self.data.resolve(),
            account=server_account(),
        )
        return self.mark

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until it accepts connections; RuntimeError with the log's end when it does not."""
        deadline = time.monotonic() + seconds
        while not self._is_ready():
            if self.mark is None or not self.mark.alive() or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start\n{end_of(self.log)}")
            time.sleep(0.05)

    def ask_to_stop(self) -> None:
        """Fast shutdown: sessions are ended, nothing committed is lost."""
        if self.mark:
            self.mark.send(signal.SIGINT)

    def drop(self) -> None:
        """Immediate shutdown, which writes nothing more; its data is thrown away."""
        if self.mark:
            self.mark.send(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop by SIGINT (fast: sessions are ended) and wait; nothing where none was started."""
        if self.mark:
            processes.end(self.mark, signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of the server and all its children, as a crash would."""
        if self.mark:
            processes.kill(processes.family(self.mark))

    def _is_ready(self) -> bool:
        """The eighth line of the server's own pid file states it, as `pg_ctl --wait` reads it."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        ours = self.mark is not None and lines[:1] == [str(self.mark.pid)]
        return ours and len(lines) > _STATUS and lines[_STATUS].strip() == "ready"
