"""A private PostgreSQL cluster: one folder, one loopback port, no socket file."""

import locale
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local import processes
from deploy.local.processes import Mark
from deploy.local.secret_store import write_private

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
    "log_min_error_statement": "panic",  # a statement may carry personal data
}


@dataclass
class Postgres:
    """One cluster under `folder`; its superuser is `postgres`, with a password."""

    folder: Path
    programs: Path
    port: int
    password: str
    mark: Mark | None = None

    @property
    def url(self) -> str:
        """Superuser, database `postgres`."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        """The data folder; a link where the account of the server cannot reach the checkout."""
        return _data(self.folder)

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "postgres.log"

    def spawn(self) -> Mark:
        """Start the server (made first when the folder holds none) without waiting for it."""
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
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
            env=_environment(),
            cwd=self.data.resolve(),
            account=_account(),
        )
        return self.mark

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Wait until it accepts connections; RuntimeError with the log's end when it does not."""
        deadline = time.monotonic() + seconds
        while not self._is_ready():
            if self.mark is None or not self.mark.alive() or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start\n{log_end(self.log)}")
            time.sleep(0.05)

    def ask_to_stop(self) -> None:
        """Fast shutdown: sessions are ended, nothing committed is lost."""
        if self.mark:
            self.mark.send(signal.SIGINT)

    def stop(self) -> None:
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
        return ours and len(lines) >= 8 and lines[7].strip() == "ready"

    def _make_cluster(self) -> None:
        home = self._make_home()
        password_file = home.with_name(f"{home.name}.password")
        write_private(password_file, self.password)
        try:
            if account := _account():
                os.chown(password_file, *account)
            self._initdb(home, password_file)
        finally:
            password_file.unlink()

    def _initdb(self, home: Path, password_file: Path) -> None:
        user, group = _account() or (None, None)
        made = subprocess.run(
            [
                str(self.programs / "initdb"),
                f"--pgdata={home}",
                f"--pwfile={password_file}",
                *("--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"),
                f"--locale={_locale()}",
            ],
            capture_output=True,
            text=True,
            env=_environment(),
            cwd="/",
            user=user,
            group=group,
            extra_groups=None if user is None else [],
            check=False,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed\n{made.stdout}{made.stderr}")

    def _make_home(self) -> Path:
        """An empty data folder that the server's account owns and can reach."""
        remove_data(self.folder)
        self.data.mkdir(mode=0o700)
        if not (account := _account()) or _hand_over(self.data, account):
            return self.data
        self.data.rmdir()
        for place in (tempfile.gettempdir(), "/var/tmp", "/tmp"):  # noqa: S108
            home = Path(tempfile.mkdtemp(prefix="binome-postgres-", dir=place)) / "data"
            home.parent.chmod(0o711)
            home.mkdir(mode=0o700)
            if _hand_over(home, account):
                self.data.symlink_to(home)
                return home
            shutil.rmtree(home.parent)
        raise RuntimeError("no folder that the account of PostgreSQL can reach")


def remove_data(folder: Path) -> None:
    """Remove the cluster of a folder, also where it lives behind a link."""
    data = _data(folder)
    if data.is_symlink():
        shutil.rmtree(data.resolve().parent, ignore_errors=True)
        data.unlink()
    elif data.exists():
        shutil.rmtree(data)


def log_end(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for a message that says why something did not start."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def _data(folder: Path) -> Path:
    return folder / "postgres"


def _account() -> tuple[int, int] | None:
    """PostgreSQL refuses to run as root: then the account to run as."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return entry.pw_uid, entry.pw_gid


def _hand_over(folder: Path, account: tuple[int, int]) -> bool:
    """Give the folder to the account; whether it can really enter it."""
    os.chown(folder, *account)
    entered = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=account[0],
        group=account[1],
        extra_groups=[],
        check=False,
    )
    return entered.returncode == 0


def _environment() -> dict[str, str]:
    """Ours without PG*: no setting of another cluster leaks into this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _locale() -> str:
    """A locale in which upper and lower case work beyond ASCII, the same on every machine."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        locale.setlocale(locale.LC_CTYPE, before)
        return name
    return "C"
