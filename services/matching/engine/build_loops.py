"""Compiles every loop of the engine: `python -m services.matching.engine.build_loops [FOLDER]`.

Without a folder, for this installation, unless that has been done (`make env`, an image).
"""

import sys
from pathlib import Path

from services.matching.engine.loop_folder import ensure_loops


def main(arguments: list[str]) -> None:
    """Exit with 1 where the code could not be kept."""
    if arguments:
        _compile_into(Path(arguments[0]))
    elif ensure_loops() is None:
        raise SystemExit(1)


def _compile_into(folder: Path) -> None:
    from services.matching.engine.loop_cache import LoopCache  # noqa: PLC0415 - loads the compiler

    LoopCache.build_in(folder)
    from services.matching.engine.sample_round import (  # noqa: PLC0415 - once it is known where to
        solve_sample_round,
    )

    solve_sample_round()


if __name__ == "__main__":
    main(sys.argv[1:])
