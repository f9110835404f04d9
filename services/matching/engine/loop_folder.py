"""Where the machine code of the loops stands on disk, and what it is the code of.

numba's own cache looks at the file of one function. A loop also holds what that file imports:
other loops, and constants. So a folder here belongs to the sources of all of them, and to one
version of numba and of Python. It is written once, whole, and never changed: whoever only reads it
needs no right to write, and several processes may begin at once.
"""

import hashlib
import logging
import os
import platform
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

_ROOT = Path(__file__).parents[3]
_SOURCES = ("services/matching/engine", "services/matching/domain", "shared/contracts/vocabulary")
_COMPILERS = ("numba", "llvmlite", "numpy")
_BUILDER = "services.matching.engine.build_loops"

log = logging.getLogger(__name__)


@cache
def loop_folder() -> Path | None:
    """The folder of the code: beside the engine where that is there or may be written, or else
    among the caches of the user; None where neither can be. It exists whole, or not at all."""
    name = f"loops-{loop_key()}"
    for base in _bases():
        if (base / name).exists() or _is_writable(base):
            return base / name
    return None


@cache
def loop_key() -> str:
    """A digest of everything that the code depends on; processors of one family are alike."""
    digest = hashlib.sha256(f"{sys.implementation.cache_tag} {platform.machine()}".encode())
    for package in _COMPILERS:
        digest.update(f"{package} {version(package)}".encode())
    for folder in _SOURCES:
        for file in sorted((_ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".json"}:
                digest.update(str(file.relative_to(_ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def ensure_loops() -> Path | None:
    """The folder of the code, made now if it is not there yet.

    None where nothing may be written: each process then compiles what it calls. Raises
    CalledProcessError when the compiler fails.
    """
    folder = loop_folder()
    if folder is None or not folder.exists():
        log.warning("Compilation des boucles de l'appariement, une fois pour toutes…")
    if folder is not None and not folder.exists():
        _build(folder)
    return folder


def _build(folder: Path) -> None:
    """Compile into a folder of another name, and rename it; whoever comes second leaves the first
    one's as it is."""
    draft = Path(mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        environment = {**os.environ, "NUMBA_DISABLE_JIT": "0"}
        command = [sys.executable, "-m", _BUILDER, str(draft)]
        subprocess.run(command, check=True, cwd=_ROOT, env=environment)  # noqa: S603 - a module of ours
        draft.chmod(0o755)
        draft.rename(folder)
    except OSError:
        if not folder.exists():
            raise
    finally:
        rmtree(draft, ignore_errors=True)


def _bases() -> list[Path]:
    own = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))  # noqa: PTH111 - gives "~" back where there is no home
    return [Path(__file__).parent / "__pycache__", *([own / "binome"] if own.is_absolute() else ())]


def _is_writable(folder: Path) -> bool:
    """Whether files may be made in it, once it is made itself."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
