"""`python -m tests.support.isolated_imports PACKAGE DISTRIBUTION…`: imports every module of it.

Nothing can be imported but the standard library, what is ours and what these distributions bring.
Exits with the error of the first import that fails.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from pkgutil import walk_packages
from types import ModuleType

from tests.architecture.dependencies import normalize_name


class OtherDistributions(MetaPathFinder):
    """Hides every distribution but those named, as if it were not installed."""

    def __init__(self, named: set[str]) -> None:
        self._hidden = {
            top
            for top, brought_by in packages_distributions().items()
            if not named.intersection(map(normalize_name, brought_by))
        }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in self._hidden:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def main(package: str, named: set[str]) -> None:
    sys.meta_path.insert(0, OtherDistributions(named))
    found = import_module(package)
    for module in walk_packages(found.__path__, f"{package}."):
        import_module(module.name)


if __name__ == "__main__":
    main(sys.argv[1], set(sys.argv[2:]))
