"""Loops that no array operation can replace, compiled to machine code by numba.

The code is made once for an installation and read from disk afterwards (`loop_cache`). It is for
every processor of a family, so that an image runs on any of them; code for one processor was at
most 4 % faster (10 000 × 10 000).
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core import config

from services.matching.engine.loop_cache import LoopCache

R = TypeVar("R")

settings: Any = config
settings.CPU_NAME, settings.CPU_FEATURES = "generic", ""


def compile_loop(loop: Callable[..., R]) -> Callable[..., R]:
    """The same function, compiled or read from disk at its first call; other threads go on while
    it runs. With NUMBA_DISABLE_JIT=1 it stays as it is."""
    compiled: Any = numba.njit(nogil=True)(loop)
    if not settings.DISABLE_JIT:
        compiled._cache = LoopCache.of(loop)  # noqa: SLF001 - its only way in; tests count the hits
    return cast("Callable[..., R]", compiled)
