"""The lasting local stack of `binome up`: it outlives the command that started it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.devstack import processes, servers
from deploy.devstack.local_stack import Commands, prepare
from deploy.devstack.servers import Say
from deploy.devstack.signals import ignore_stop_signals, stop_signals_raise
from deploy.devstack.state import forget_state, status
from deploy.devstack.state_file import StateFile, lock_folder


def up(
    folder: Path,
    *,
    clock: Mapping[str, str] | None = None,
    replicas: int = 1,
    say: Say = print,
    commands: Commands | None = None,
) -> dict[str, Any]:
    """Bring the local stack up and leave it running; its state, as `status` gives it.

    A local stack that is already up is left as it is. If anything fails, all is stopped again.
    """
    with lock_folder(folder, "opening"), stop_signals_raise():
        if _is_open(folder):
            say("Binôme tourne déjà.")
        else:
            _open(folder, clock or {}, replicas, say, commands)
    return status(folder) or {}


def down(folder: Path) -> bool:
    """Stop the local stack; its data stays for the next `up`. Whether anything was running."""
    was_running = servers.stop(folder)
    forget_state(folder)
    return was_running


def _is_open(folder: Path) -> bool:
    state = status(folder)
    if state is None or state["dead"]:
        return False
    return all(one["ready"] for one in state["services"].values())


def _open(
    folder: Path, clock: Mapping[str, str], replicas: int, say: Say, commands: Commands | None
) -> None:
    try:
        running = servers.start(folder, say)
        dependents = StateFile.read(folder).processes
        processes.end_all(
            [mark for name, mark in dependents.items() if name not in running.marks()]
        )
        prepare(running, folder, clock, commands).open(replicas)
    except BaseException:
        with ignore_stop_signals():
            down(folder)
        raise
