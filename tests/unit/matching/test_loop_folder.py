"""Where the compiled loops stand, and when their code is no longer theirs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.matching.engine.loop_folder import ensure_loops
from tests.architecture.tree import ROOT
from tests.support.matching_tree import MatchingTree

FOLDER = "from services.matching.engine.loop_folder import loop_folder; print(loop_folder())"
COUNT = """
from services.matching.engine.sample_round import solve_sample_round
from services.matching.engine.column_generation import dual_centering, network_simplex, pricing
from services.matching.engine.column_generation import spanning_tree, warm_start
from services.matching.engine.verification import bound_kernel
from numba.core.dispatcher import Dispatcher
solve_sample_round()
modules = (dual_centering, network_simplex, pricing, spanning_tree, warm_start, bound_kernel)
loops = {x for module in modules for x in vars(module).values() if isinstance(x, Dispatcher)}
hits = sum(sum(loop.stats.cache_hits.values()) for loop in loops)
misses = sum(sum(loop.stats.cache_misses.values()) for loop in loops)
print(hits > 5, misses, *sorted(loop.py_func.__qualname__ for loop in loops))
"""


@pytest.fixture
def tree(tmp_path: Path) -> MatchingTree:
    return MatchingTree(tmp_path)


def folder_of(tree: MatchingTree, **environment: str) -> str:
    return tree.run(FOLDER, **environment)[0].strip()


def test_a_fresh_process_compiles_nothing_and_the_sample_goes_through_every_loop() -> None:
    folder = ensure_loops()
    assert folder is not None
    done = subprocess.run(
        [sys.executable, "-c", COUNT],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "0"},
    )
    found, misses, *loops = done.stdout.split()
    assert (found, misses) == ("True", "0")
    assert loops == sorted({file.name.split(".")[1].rsplit("-", 1)[0] for file in _index(folder)})
    assert not done.stderr


def _index(folder: Path) -> list[Path]:
    return list(folder.glob("*.nbi"))


def test_it_stands_beside_the_engine_where_that_may_be_written(tree: MatchingTree) -> None:
    assert Path(folder_of(tree)).parent == tree.engine / "__pycache__"


def test_an_installation_that_is_not_writable_uses_the_caches_of_its_user(
    tree: MatchingTree,
) -> None:
    (tree.engine / "__pycache__").write_text("no folder can be made here")
    assert Path(folder_of(tree)).parent == tree.caches / "binome"
    assert folder_of(tree, XDG_CACHE_HOME="/dev/null/caches") == "None"


@pytest.mark.parametrize(
    "source",
    [
        "services/matching/engine/column_generation/spanning_tree.py",
        "services/matching/domain/score.py",
        "shared/contracts/vocabulary/departments.json",
    ],
)
def test_code_of_other_sources_is_not_read(tree: MatchingTree, source: str) -> None:
    before = folder_of(tree)
    file = tree.folder / source
    file.write_text(file.read_text() + "\n")
    assert folder_of(tree) != before


def test_a_copy_of_other_times_is_the_same_code(tree: MatchingTree) -> None:
    before = folder_of(tree)
    os.utime(tree.engine / "jit.py", (0, 0))
    assert folder_of(tree) == before
