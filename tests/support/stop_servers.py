"""`python -m tests.support.stop_servers FOLDER`: stops servers that BINOME_TEST_SERVERS kept."""

import sys
from pathlib import Path

from deploy.devstack.servers import stop


def main(folder: str) -> None:
    """Stop the servers of the folder, and those of pytest's workers beside it; their data goes."""
    kept = Path(folder).resolve()
    for found in (kept, *kept.parent.glob(f"{kept.name}-gw*")):
        if found.is_dir():
            stop(found, keep_data=False)
            print(f"stopped: {found}")


if __name__ == "__main__":
    main(sys.argv[1])
