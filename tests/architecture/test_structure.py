"""The shape of the tree: no circle, a short chain of imports, files and functions of one idea.

Limits only ever go down.
"""

import pytest

from tests.architecture.structure import (
    circles,
    depth,
    file_sizes,
    function_sizes,
    import_graph,
)


def test_no_module_imports_itself_by_others() -> None:
    assert circles(import_graph()) == []


def test_a_chain_of_imports_is_short() -> None:
    assert len(depth(import_graph())) <= 14


def test_files_hold_one_idea() -> None:
    sizes = file_sizes()
    assert sizes.median <= 71
    assert sizes.maximum <= 323, sizes.largest


def test_functions_are_short() -> None:
    sizes = function_sizes()
    assert sizes.median <= 6
    assert sizes.maximum <= 61, sizes.largest


def test_a_circle_is_found_by_whatever_way_it_goes() -> None:
    graph = {"a": frozenset("b"), "b": frozenset("cd"), "c": frozenset("a"), "d": frozenset[str]()}
    assert circles(graph) == [["a", "b", "c"]]
    with pytest.raises(ValueError, match="a circle: a, b, c"):
        depth(graph)


def test_the_longest_chain_is_found() -> None:
    graph = {"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset[str]()}
    assert depth(graph) == ["a", "b", "c"]
