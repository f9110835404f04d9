"""What is known of a local stack from outside: `house.json`, and what its processes say now."""

import json
from pathlib import Path
from typing import Any

from deploy.devstack.counts import counts
from deploy.devstack.replica import readiness
from deploy.devstack.state_file import StateFile


def status(folder: Path) -> dict[str, Any] | None:
    """`{"broker", "services": {name: {"url", "pids", "ready", "failing", "unowned",
    "set_aside"}}, "databases": {name: url}, "dead": [name], …}`.

    `failing`: what is missing for a service to be ready (`database`, `broker`, `consumers`,
    `process`). `unowned` and `set_aside`: kind → how many, as the service measured a few seconds
    ago. `dead`: processes of the local stack that should run and do not (`broker`, `matching-1`).

    `mailbox` is the page, `mails` the folder of stored messages, `logs` the folder of logs. None
    when there is no local stack. Addresses hold passwords: show them to the person who asked,
    keep them out of logs.
    """
    if not state_path(folder).exists():
        return None
    state: dict[str, Any] = json.loads(state_path(folder).read_text())
    known = StateFile.read(folder).processes
    alive = [(name, mark) for name, mark in known.items() if mark.alive()]
    state["dead"] = sorted(known.keys() - {name for name, _ in alive})
    for service, seen in state["services"].items():
        seen["pids"] = sorted(mark.pid for name, mark in alive if _is_of(name, service))
        answer = readiness(seen["url"]) if seen["pids"] else (False, ["process"])
        seen["ready"], seen["failing"] = answer
        seen["unowned"], seen["set_aside"] = counts(seen["url"])
    return state


def forget_state(folder: Path) -> None:
    """The local stack is closed."""
    state_path(folder).unlink(missing_ok=True)


def state_path(folder: Path) -> Path:
    """The file that says where everything of a local stack is."""
    return folder / "house.json"


def _is_of(process: str, service: str) -> bool:
    return process.rpartition("-")[0] == service
