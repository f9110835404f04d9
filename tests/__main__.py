"""`python -m tests`: all tests in two runs side by side, each with servers of its own.

The tests that bring their own house, or look at one, mostly wait: for its clock, for servers, for
a browser. What their run says is shown when both are done. With arguments it is one run of pytest,
as ever.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

from deploy.devstack.signals import ignore_stop_signals, stop_signals_raise

ROOT = Path(__file__).parents[1]
APART = (
    "tests/browser",
    "tests/resilience",
    "tests/integration/bench",
    "tests/integration/deploy",
    "tests/integration/devstack",
)
OTHERS = tuple(f"--ignore={folder}" for folder in APART)
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Status of the run, or of the first of the two that did not end well."""
    # Servers that are kept are the same for both: the one would kill them under the other.
    if arguments or os.environ.get("BINOME_TEST_SERVERS"):
        return _ended([_pytest(*arguments)])
    said = ROOT / ".local" / "tests-apart.log"
    said.parent.mkdir(exist_ok=True)
    with said.open("wb") as output:
        status = _ended([_pytest(*OTHERS), _pytest(*APART, output=output)])
    print(f"\n{' '.join(APART)}:\n{said.read_text(errors='replace')}", flush=True)
    return status


def _pytest(*arguments: str, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C reaches us, and each is told once."""
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        start_new_session=True,
    )


def _ended(runs: list[subprocess.Popen[bytes]]) -> int:
    """Wait for all of them; told to stop, they stop their servers before they go."""
    try:
        with stop_signals_raise():
            statuses = [run.wait() for run in runs]
    except KeyboardInterrupt:
        with ignore_stop_signals():
            for run in runs:
                run.send_signal(signal.SIGINT)
            statuses = [run.wait() or INTERRUPTED for run in runs]
    return next((abs(status) for status in statuses if status), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
