"""Builds `.venv` from `requirements.lock`, hashes checked; a second call finds all of it done.

Runs before anything is installed (`python3 -m deploy.devstack.bootstrap`), so it needs the standard
library only, and an older Python must still be able to read it and say what is wrong.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
LOCK = CHECKOUT / "requirements.lock"
_STAMP = VENV / "built-from"
_OLDEST = (3, 11)


def build() -> None:
    """Make `.venv` hold exactly what the lock says, and the command `binome`; compile the loops of
    matching, which are then read from disk by whoever runs them.

    Two calls at once are one after the other. A build that was cut short is done again.
    """
    _refuse_old_python()
    (CHECKOUT / ".local").mkdir(mode=0o700, exist_ok=True)
    with (CHECKOUT / ".local" / "environment.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not _is_built():
            _build()
        _compile_loops()


def make_venv(folder: Path) -> Path:
    """A virtual environment in an empty or new folder; its Python."""
    _ensure_venv_module()
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    return folder / "bin" / "python"


def main() -> None:
    """Exit with pip's own words and a non-zero status when something cannot be installed."""
    try:
        build()
    except subprocess.CalledProcessError as failure:
        raise SystemExit(failure.returncode) from None


def _build() -> None:
    print("Environnement Python dans .venv (une à deux minutes la première fois)…", flush=True)
    python = VENV / "bin" / "python"
    if not _works(python):
        make_venv(VENV)
    _pip(python, "--require-hashes", "-r", str(LOCK))
    _pip(python, "--no-deps", "--no-build-isolation", "-e", str(CHECKOUT))
    _STAMP.write_text(_environment_digest())


def _compile_loops() -> None:
    python = str(VENV / "bin" / "python")
    subprocess.run([python, "-m", "services.matching.engine.build_loops"], check=True, cwd=CHECKOUT)


def _is_built() -> bool:
    return (
        _STAMP.exists()
        and _STAMP.read_text() == _environment_digest()
        and _works(VENV / "bin" / "python")
    )


def _environment_digest() -> str:
    """What the environment depends on: the lock, the project's own metadata, and its place."""
    parts = [LOCK.read_bytes(), (CHECKOUT / "pyproject.toml").read_bytes(), bytes(CHECKOUT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    asked = f"import sys, pip; sys.exit(sys.version_info < {_OLDEST})"
    return (
        subprocess.run([str(python), "-c", asked], check=False, capture_output=True).returncode == 0
    )


def _pip(python: Path, *arguments: str) -> None:
    quiet = [] if sys.stdout.isatty() else ["-qq"]  # errors are still shown
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *quiet]
    subprocess.run([*command, *arguments], check=True, cwd=CHECKOUT)


def _refuse_old_python() -> None:
    if sys.version_info < _OLDEST:
        version = ".".join(str(part) for part in sys.version_info[:3])
        raise SystemExit(
            f"Binôme demande Python 3.11 ou plus récent ; {sys.executable} est {version}. "
            "Indiquez-en un autre / name another: make PYTHON=python3.12 …"
        )


def _ensure_venv_module() -> None:
    """Debian ships `venv` without `ensurepip`, in a package of its own."""
    try:
        import ensurepip  # noqa: F401, PLC0415 - whether it is there is the question
    except ImportError:
        _install_venv_module()


def _install_venv_module() -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if os.environ.get("BINOME_INSTALL") == "no" or not shutil.which("apt-get"):
        raise SystemExit(f"Il manque / missing: {package} (ensurepip)")
    print(f"Installation par apt : {package}…", flush=True)
    installer = str(Path(__file__).with_name("install.sh"))
    log = Path(tempfile.mkdtemp(prefix="binome-install-")) / "apt.log"
    if subprocess.run([*root, "/bin/sh", installer, str(log), package], check=False).returncode:
        raise SystemExit(f"Installez / install: sudo apt-get install {package} (apt: {log})")


if __name__ == "__main__":
    main()
