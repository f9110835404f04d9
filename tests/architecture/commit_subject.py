"""`python -m tests.architecture.commit_subject FILE`: a subject of at most 72 characters."""

import sys
from pathlib import Path

MOST = 72


def fault_of(message: str) -> str | None:
    """What is wrong with the first line of a commit message; None: nothing."""
    subject = message.partition("\n")[0]
    if len(subject) > MOST:
        return f"The subject has {len(subject)} characters; at most {MOST}: the why goes below."
    return None


if __name__ == "__main__":
    if fault := fault_of(Path(sys.argv[1]).read_text(encoding="utf-8")):
        sys.exit(fault)
