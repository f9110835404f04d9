"""Writing down where everything of a local stack is, once it is known."""

import json
from collections.abc import Mapping
from pathlib import Path

from deploy.devstack.secret_store import write_private
from deploy.devstack.state import state_path
from shared.service.settings import SERVICES


def write_state(folder: Path, environment: Mapping[str, str]) -> None:
    """Write `house.json`, from which `status` starts."""
    urls = {name: environment[f"BINOME_{name.upper()}_URL"] for name in SERVICES}
    state = {
        "broker": environment["BINOME_AMQP_URL"],
        "services": {name: {"url": url} for name, url in urls.items()},
        "databases": {
            name: environment[f"BINOME_{name.upper()}_DATABASE_URL"] for name in SERVICES
        },
        "mailbox": f"{urls['notification']}/boite",
        "mails": environment.get("BINOME_MAILBOX_DIR"),
        "logs": str(folder / "logs"),
    }
    write_private(state_path(folder), json.dumps(state, indent=1))
