"""Loops that no array operation can replace, compiled to machine code by numba.

The code made is kept on disk where that is possible, so that only the first large round of an
installation waits for the compiler; a read-only installation compiles once a process.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

R = TypeVar("R")


def compile_loop(loop: Callable[..., R]) -> Callable[..., R]:
    """The same function, compiled at its first call; other threads go on while it runs."""
    try:
        made = numba.njit(nogil=True, cache=True)(loop)
    except RuntimeError:  # numba finds no folder that it may write to
        made = numba.njit(nogil=True)(loop)
    return cast("Callable[..., R]", made)
