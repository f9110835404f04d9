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
    recorded = StateFile.read(folder)
    if recorded.lasting and recorded.running():
        raise FolderInUseError(f"{folder} is up; stop it first with `binome down`")
    _stop_all(recorded)
    for neighbour in folder.parent.glob("*/servers.json"):
        with suppress(FolderInUseError), lock_folder(neighbour.parent):
            _clean_dead_run(neighbour.parent)


def discard(folder: Path) -> bool:
    """Remove a folder and what an ended run left of it; False, and untouched, while it runs."""
    try:
        with lock_folder(folder):
            recorded = StateFile.read(folder)
            if recorded.lasting and recorded.running():
                return False
            _stop_all(recorded)
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


def stop_dependents(recorded: StateFile) -> None:
    """Stop the processes that others noted beside the servers: they use them, so they go first."""
    processes.end_all([mark for name, mark in recorded.processes.items() if name not in _SERVERS])


def _clean_dead_run(folder: Path) -> None:
    """What `start` left running on purpose is not ours to stop, nor data that was to stay."""
    recorded = StateFile.read(folder)
    if recorded.lasting or not recorded.processes:
        return
    _stop_all(recorded)
    if recorded.throw_away:
        remove_data(folder)


def _stop_all(recorded: StateFile) -> None:
    stop_dependents(recorded)
    for mark in recorded.processes.values():
        processes.end(mark)
