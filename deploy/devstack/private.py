"""Folders and files of this machine that only their owner may enter and read."""

import os
from pathlib import Path

OWNER_FOLDER, OWNER_FILE = 0o700, 0o600
OWNER_UMASK = 0o077
"""For processes of a local stack: what they write is their owner's alone."""


def make_private_folder(folder: Path) -> None:
    """Make the folder and those above it that are missing, each for its owner only."""
    if not folder.exists():
        make_private_folder(folder.parent)
        folder.mkdir(mode=OWNER_FOLDER, exist_ok=True)


def close_to_others(folder: Path, data: Path) -> None:
    """Close a folder of an earlier version to others.

    Not where the account of a server passes through it to `data`, a folder of its own.
    """
    passed = data.exists() and not data.is_symlink() and data.stat().st_uid != os.geteuid()
    if folder.stat().st_uid == os.geteuid() and not passed:
        folder.chmod(OWNER_FOLDER)


def private_opener(path: str, flags: int) -> int:
    """For `open(…, opener=private_opener)`: a file that is made is its owner's alone."""
    return os.open(path, flags, OWNER_FILE)
