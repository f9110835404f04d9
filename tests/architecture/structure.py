"""The shape of the tree in figures: circles, depth of imports, sizes of files and functions.

`python -m tests.architecture.structure` prints them; `test_structure.py` holds their limits.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import grimp

from tests.architecture.tree import ROOT, sources

PACKAGES = ("shared", "services", "deploy")


@dataclass(frozen=True)
class Sizes:
    """Lines: median and maximum, and where the maximum stands."""

    median: float
    maximum: int
    largest: str


def import_graph() -> dict[str, frozenset[str]]:
    """Module → modules of ours that it imports, type-only and late imports counted."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    return {
        module: frozenset(graph.find_modules_directly_imported_by(module))
        for module in graph.modules
    }


def circles(graph: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Strongly connected components of more than one module (Tarjan, 1972), sorted."""
    return sorted(sorted(group) for group in _components(graph) if len(group) > 1)


def depth(graph: Mapping[str, frozenset[str]]) -> list[str]:
    """The longest chain of imports, each module importing the next; needs a graph without circle.

    Raises ValueError on a circle.
    """
    longest: dict[str, list[str]] = {}
    for group in _components(graph):  # what a module imports comes before it
        if len(group) > 1:
            raise ValueError(f"a circle: {', '.join(sorted(group))}")
        (module,) = group
        below = [longest[other] for other in sorted(graph.get(module, ())) if other in longest]
        longest[module] = [module, *max(below, key=len, default=[])]
    return max(longest.values(), key=len, default=[])


def file_sizes(root: Path = ROOT) -> Sizes:
    """Lines of each Python file that is more than a docstring."""
    found = {
        source.path: len((root / source.path).read_text(encoding="utf-8").splitlines())
        for source in sources(root, *PACKAGES)
        if len(source.tree.body) > 1
    }
    return _sizes(found)


def function_sizes(root: Path = ROOT) -> Sizes:
    """Lines of each function and method, decorators left out."""
    found = {
        source.at(node, node.name): node.end_lineno - node.lineno + 1
        for source in sources(root, *PACKAGES)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }
    return _sizes(found)


def _sizes(found: Mapping[str, int]) -> Sizes:
    largest = max(found, key=lambda name: found[name])
    return Sizes(median(found.values()), found[largest], largest)


def _components(graph: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Strongly connected components, whatever is imported first."""
    search = _Search(graph)
    for module in sorted(graph):
        if module not in search.number:
            search.visit(module)
    return search.found


class _Search:
    """Tarjan's depth-first search, with a stack of its own instead of recursion."""

    def __init__(self, graph: Mapping[str, frozenset[str]]) -> None:
        self._graph = graph
        self._stack: list[str] = []
        self._low: dict[str, int] = {}
        self.number: dict[str, int] = {}
        self.found: list[list[str]] = []

    def visit(self, root: str) -> None:
        work: list[tuple[str, Iterator[str]]] = [self._enter(root)]
        while work:
            module, rest = work[-1]
            for other in rest:
                if other not in self.number:
                    work.append(self._enter(other))
                    break
                if other in self._stack:
                    self._low[module] = min(self._low[module], self.number[other])
            else:
                work.pop()
                self._leave(module, work[-1][0] if work else None)

    def _enter(self, module: str) -> tuple[str, Iterator[str]]:
        self.number[module] = self._low[module] = len(self.number)
        self._stack.append(module)
        return module, iter(sorted(self._graph.get(module, ())))

    def _leave(self, module: str, parent: str | None) -> None:
        if parent is not None:
            self._low[parent] = min(self._low[parent], self._low[module])
        if self._low[module] == self.number[module]:
            place = self._stack.index(module)
            self.found.append(self._stack[place:])
            del self._stack[place:]


def main() -> None:
    """Print the figures."""
    graph = import_graph()
    found = circles(graph)
    print(f"modules: {len(graph)}; circles: {found or 'none'}")
    if not found:
        chain = depth(graph)
        print(f"longest chain of imports: {len(chain)}: {' → '.join(chain)}")
    for name, sizes in (("file", file_sizes()), ("function", function_sizes())):
        print(f"lines per {name}: median {sizes.median:g}, max {sizes.maximum} ({sizes.largest})")


if __name__ == "__main__":
    main()
