"""What runs leave behind: processes of those that were killed, data of those that are over."""

import shutil
from contextlib import suppress
from pathlib import Path

from deploy.devstack import broker, cluster, processes
from deploy.devstack.state_file import FolderInUseError, StateFile, forget, lock_folder

_SERVERS = ("epmd", "broker", "postgres")


def clean_up(folder: Path) -> None:
    """Stop what a dead run left running, here and in the folders beside this one.

    Raises FolderInUseError when the servers here are meant to last.
    """
    kept = StateFile.read(folder)
    if kept.lasting and kept.running():
        raise FolderInUseError(f"{folder} is up; stop it first with `binome down`")
    _stop_all(kept)
    for neighbour in folder.parent.glob("*/servers.json"):
        with suppress(FolderInUseError), lock_folder(neighbour.parent):
            _clean_dead_run(neighbour.parent)


def discard(folder: Path) -> bool:
    """Remove a folder and what a dead run left of it; False, and untouched, when it is alive."""
    try:
        with lock_folder(folder):
            kept = StateFile.read(folder)
            if kept.lasting and kept.running():
                return False
            _stop_all(kept)
            remove_data(folder)
            shutil.rmtree(folder)
    except FolderInUseError:
        return False
    return True


def remove_data(folder: Path) -> None:
    """Remove the data of both servers; secrets and logs stay."""
    broker.remove_data(folder)
    cluster.remove_data(folder)
    forget(folder)


def stop_dependents(kept: StateFile) -> None:
    """Stop the processes that others noted beside the servers: they use them, so they go first."""
    processes.end_all([mark for name, mark in kept.processes.items() if name not in _SERVERS])


def _clean_dead_run(folder: Path) -> None:
    """What `start` left running on purpose is not ours to stop, nor data that was to stay."""
    kept = StateFile.read(folder)
    if kept.lasting or not kept.processes:
        return
    _stop_all(kept)
    if kept.throw_away:
        remove_data(folder)


def _stop_all(kept: StateFile) -> None:
    stop_dependents(kept)
    for mark in kept.processes.values():
        processes.end(mark)
