"""The first use of a bare installation, which nobody compiled the loops for."""

from pathlib import Path

import pytest

from tests.support.matching_tree import MatchingTree

pytestmark = pytest.mark.slow

SOLVE = """
from services.matching.engine.sample_round import sample_round
from services.matching.engine.solve import solve
for pair in solve(sample_round(60), most_listed=0).pairs: print(pair)
"""
NOTICE = "Compilation des boucles de l'appariement"


OTHER_TYPES = (
    SOLVE
    + """
from services.matching.engine.verification import bound_kernel
print(bound_kernel._count(7), sum(bound_kernel._count.stats.cache_misses.values()))
"""
)


@pytest.fixture
def tree(tmp_path: Path) -> MatchingTree:
    return MatchingTree(tmp_path)


def test_two_that_begin_at_once_leave_one_folder_that_later_ones_only_read(
    tree: MatchingTree,
) -> None:
    both = [tree.start(SOLVE) for _ in range(2)]
    results = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], results
    assert all(NOTICE in errors for _, errors in results)
    assert len(results[0][0].splitlines()) > 10
    folder = tree.engine / "__pycache__"
    before = _contents(folder)
    assert len(list(folder.iterdir())) == 1
    assert tree.run(OTHER_TYPES) == (f"{results[1][0]}3 1\n", "")
    assert _contents(folder) == before


def _contents(folder: Path) -> dict[Path, int]:
    """Every file below a folder, with the time of its last change."""
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*")}


def test_where_nothing_may_be_written_a_process_compiles_for_itself(tree: MatchingTree) -> None:
    (tree.engine / "__pycache__").write_text("no folder can be made here")
    pairs, errors = tree.run(SOLVE, XDG_CACHE_HOME="/dev/null/caches")
    assert errors.count(NOTICE) == 1
    assert len(pairs.splitlines()) > 10
