"""Making a PostgreSQL cluster: its folder, its account, its locale."""

import locale
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.devstack import processes
from deploy.devstack.logfile import end_of
from deploy.devstack.secret_store import write_private

Account = tuple[int, int]
"""User and group number."""


MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory
MEMORY_NEEDED = 4 << 30
"""Bytes that have to be free there: databases of a test run, and 1 GB of write-ahead log."""


def make_cluster(
    folder: Path, programs: Path, password: str, log: Path, *, in_memory: bool = False
) -> None:
    """A fresh cluster for the run folder, its superuser `postgres` with that password.

    `in_memory`: its data lies in memory where there is room, for data that is thrown away: a
    database is copied in a tenth of the time. Raises RuntimeError with initdb's words when it
    fails.
    """
    home = _make_home(folder, in_memory=in_memory)
    password_file = home.with_name(f"{home.name}.password")
    write_private(password_file, password)
    try:
        if account := server_account():
            os.chown(password_file, *account)
        _initdb(home, programs, password_file, log)
    finally:
        password_file.unlink()


def remove_data(folder: Path) -> None:
    """Remove the cluster of a run folder, also where a link leads to it."""
    data = data_of(folder)
    if data.is_symlink():
        shutil.rmtree(data.resolve().parent, ignore_errors=True)
        data.unlink()
    elif data.exists():
        shutil.rmtree(data)


def data_of(folder: Path) -> Path:
    """The data folder; a link where the server's account cannot reach the checkout."""
    return folder / "postgres"


def server_account() -> Account | None:
    """PostgreSQL refuses to run as root: then the account to run as, else None."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return entry.pw_uid, entry.pw_gid


def environment() -> dict[str, str]:
    """Ours without PG*: no setting of another cluster leaks into this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _initdb(home: Path, programs: Path, password_file: Path, log: Path) -> None:
    options = ("--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8")
    status = processes.run(
        [
            programs / "initdb",
            f"--pgdata={home}",
            f"--pwfile={password_file}",
            *options,
            f"--locale={_locale()}",
        ],
        log=log,
        env=environment(),
        cwd=Path("/"),
        account=server_account(),
    )
    if status:
        raise RuntimeError(f"initdb failed\n{end_of(log)}")


def _make_home(folder: Path, *, in_memory: bool) -> Path:
    """An empty data folder that the server's account owns and can reach."""
    remove_data(folder)
    data, account = data_of(folder), server_account()
    places = ["/var/tmp", tempfile.gettempdir(), "/tmp"]  # noqa: S108 - the first one lasts
    if in_memory and _has_room(MEMORY):
        places.insert(0, str(MEMORY))
    else:
        data.mkdir(mode=0o700)
        if account is None or _hand_over(data, account):
            return data
        data.rmdir()
    for place in places:
        # The link comes first: whatever happens next, `remove_data` finds what there is.
        data.symlink_to(Path(tempfile.mkdtemp(prefix="binome-postgres-", dir=place)) / "data")
        home = data.readlink()
        home.parent.chmod(0o711)
        home.mkdir(mode=0o700)
        if account is None or _hand_over(home, account):
            return home
        remove_data(folder)
    raise RuntimeError("no folder that the account of PostgreSQL can reach")


def _has_room(place: Path) -> bool:
    return place.is_dir() and shutil.disk_usage(place).free >= MEMORY_NEEDED


def _hand_over(folder: Path, account: Account) -> bool:
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
