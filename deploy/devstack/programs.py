"""Finds the programs a local stack needs, and installs those that are missing where it may."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.devstack.logfile import end_of
from deploy.devstack.signals import ignore_stop_signals
from shared.service.user_error import UserError

_INSTALLER = Path(__file__).with_name("install.sh")


class MissingProgramsError(UserError):
    """Programs are missing and may not be installed from here; says what to do about it."""


@dataclass(frozen=True)
class Program:
    """A program: the names it goes by, where systems put it, and what brings it.

    `places` are glob patterns below `/`; the highest version comes first.
    """

    title: str
    names: tuple[str, ...]
    places: tuple[str, ...]
    debian: str
    fedora: str
    homebrew: str

    def find(self) -> Path | None:
        """The program itself, links followed.

        `BINOME_PROGRAM_PATH` replaces the usual places and PATH, for unusual installations.
        """
        if (only := os.environ.get("BINOME_PROGRAM_PATH")) is not None:
            return self._on_path(only)
        return self._in_places() or self._on_path(os.environ.get("PATH", os.defpath))

    def _in_places(self) -> Path | None:
        paths = [
            file
            for place in self.places
            for name in self.names
            for file in Path("/").glob(f"{place}/{name}")
            if os.access(file, os.X_OK)
        ]
        return max(paths, key=_version).resolve() if paths else None

    def _on_path(self, path: str) -> Path | None:
        paths = [shutil.which(name, path=path) for name in self.names]
        return next((Path(file).resolve() for file in paths if file), None)


# Debian's and Fedora's commands in /usr/sbin change user first: the scripts themselves do not.
RABBITMQ = Program(
    "RabbitMQ",
    ("rabbitmq-server",),
    (
        "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin",
        "opt/homebrew/opt/rabbitmq/sbin",
        "usr/local/opt/rabbitmq/sbin",
    ),
    "rabbitmq-server",
    "rabbitmq-server",
    "rabbitmq",
)
EPMD = Program(
    "Erlang",
    ("epmd",),
    ("usr/lib/erlang/bin", "usr/lib64/erlang/bin", "opt/homebrew/opt/erlang/lib/erlang/bin"),
    "rabbitmq-server",
    "rabbitmq-server",
    "rabbitmq",
)
POSTGRES = Program(
    "PostgreSQL",
    ("postgres",),
    (
        "usr/lib/postgresql/*/bin",
        "usr/pgsql-*/bin",
        "opt/homebrew/opt/postgresql@*/bin",
        "usr/local/opt/postgresql@*/bin",
    ),
    "postgresql",
    "postgresql-server",
    "postgresql@17",
)
CHROMIUM = Program(
    "Chromium",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    ("Applications/Chromium.app/Contents/MacOS", "Applications/Google Chrome.app/Contents/MacOS"),
    "chromium",
    "chromium",
    "--cask chromium",
)

PROMTOOL = Program(
    "promtool",
    ("promtool",),
    ("usr/bin", "opt/homebrew/opt/prometheus/bin", "usr/local/opt/prometheus/bin"),
    "prometheus",
    "golang-github-prometheus",
    "prometheus",
)
"""Prometheus' own tool, by which the tests read its rules."""


def ensure(programs: Sequence[Program], say: Callable[[str], None] = print) -> dict[Program, Path]:
    """Where the programs are; missing ones are installed first where that is possible.

    Raises MissingProgramsError with the one message that says what to install.
    """
    missing = [program for program in programs if not program.find()]
    if missing:
        _install(missing, say)
    return {program: _require(program) for program in programs}


def main() -> None:
    """Make sure that the test suite finds its servers and its tools: `make test` calls this."""
    needed = [CHROMIUM, PROMTOOL]
    needed += [] if os.environ.get("BINOME_AMQP_URL") else [RABBITMQ, EPMD]
    needed += [] if os.environ.get("BINOME_DATABASE_URL") else [POSTGRES]
    try:
        ensure(needed)
    except MissingProgramsError as missing:
        raise SystemExit(str(missing)) from None


def _require(program: Program) -> Path:
    if path := program.find():
        return path
    raise MissingProgramsError(_advice([program]))


def _install(missing: Sequence[Program], say: Callable[[str], None]) -> None:
    root = _root_command()
    if root is None:
        raise MissingProgramsError(_advice(missing))
    packages = _unique(program.debian for program in missing)
    say(f"Installation par apt : {', '.join(packages)} (aucun service système n'est démarré)…")
    log = Path(tempfile.mkdtemp(prefix="binome-install-")) / "apt.log"
    if _run([*root, "/bin/sh", str(_INSTALLER), str(log), *packages]):
        raise MissingProgramsError(f"{_advice(missing)}\napt: {log}\n{end_of(log, 5)}")
    shutil.rmtree(log.parent, ignore_errors=True)


def _run(command: Sequence[str]) -> int:
    """Exit status. Ctrl-C reaches the installer too: it is never killed before it tidied up."""
    installer = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        return installer.wait()
    except KeyboardInterrupt:
        with ignore_stop_signals():
            installer.wait()
        raise


def _root_command() -> list[str] | None:
    """What to put before a command so that apt may run; None where it may not."""
    if os.environ.get("BINOME_INSTALL", "yes") == "no" or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        return ["sudo", "-n"] if asked.returncode == 0 else None
    return None


def _advice(missing: Sequence[Program]) -> str:
    titles = " et ".join(program.title for program in missing)
    if shutil.which("brew"):
        command = f"brew install {' '.join(_unique(program.homebrew for program in missing))}"
    elif shutil.which("dnf"):
        command = f"sudo dnf install {' '.join(_unique(program.fedora for program in missing))}"
    else:
        command = f"sudo apt-get install {' '.join(_unique(program.debian for program in missing))}"
    return (
        f"Il manque {titles} sur cette machine / missing here. "
        f"Installez / install: `{command}`, ou / or: `docker compose up`."
    )


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _version(path: Path) -> list[int]:
    """Numbers of a path, so that 15 comes after 9."""
    digits = "".join(sign if sign in "0123456789" else " " for sign in str(path))
    return [int(number) for number in digits.split()]


if __name__ == "__main__":
    main()
