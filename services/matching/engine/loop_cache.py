"""The code of the loops, as numba reads and writes it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba.core.caching import CompileResultCacheImpl, FunctionCache

from services.matching.engine.loop_folder import ensure_loops, loop_folder, loop_key


class _Locator:
    """Tells numba the folder of a loop's code, and what it is the code of."""

    draft: Path | None = None
    """The folder that this process builds, if it does."""

    def __init__(self, line: int) -> None:
        self._line = line

    @classmethod
    def from_function(cls, function: Any, _file: str) -> "_Locator":
        return cls(function.__code__.co_firstlineno)

    def ensure_cache_path(self) -> None:
        """numba asks before it writes; the folder is there."""

    def get_cache_path(self) -> str:
        return str(self.draft or loop_folder() or "")

    def get_source_stamp(self) -> str:
        return loop_key()

    def get_disambiguator(self) -> str:
        return str(self._line)


class _Place(CompileResultCacheImpl):
    _locator_classes: Any = (_Locator,)


class LoopCache(FunctionCache):
    """The code of one loop. Whoever is the first to look for any has all of it compiled."""

    _impl_class = _Place

    @classmethod
    def of(cls, loop: Callable[..., Any]) -> "LoopCache":
        """The code of this loop."""
        return cls(loop)

    @staticmethod
    def build_in(draft: Path) -> None:
        """From now on this process compiles, and writes what it compiles there. To be called
        before the loops are imported."""
        _Locator.draft = draft

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The code for arguments of these types, or None."""
        if _Locator.draft is None and ensure_loops() is None:
            return None
        return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]  # of numba

    def save_overload(self, sig: Any, data: Any) -> None:
        """Only the process that builds the folder writes to it."""
        if _Locator.draft is not None:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]  # of numba
