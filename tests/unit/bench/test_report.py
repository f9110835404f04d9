"""What people and programs read."""

import json
from io import StringIO

from rich.console import Console

from deploy.bench.machine import Machine
from deploy.bench.matching.country import Size
from deploy.bench.matching.measure import Bench
from deploy.bench.matching.report import bench_json, sheet
from deploy.bench.matching.row import Row
from deploy.bench.matching.solvers import SOLVERS
from deploy.bench.matching.wording import ENGLISH, FRENCH
from deploy.bench.sheet import WIDE

OWN = Row(
    "binome",
    "measured",
    seconds=1.5,
    peak_mb=1_234.4,
    pairs=1_760,
    score=1208.25,
    gap=3e-15,
    proof="prices",
    permitted=400_000,
    served=180,
    wanted=170,
    beyond_caps=0,
    steps={"gates": 0.5, "new": 0.2},
    figures={"price_of_fairness": 1.25, "p99_ms": 8.5},
)
FLOW = Row("ortools", "measured", seconds=6.0, pairs=1_760, score=1209.5, proof="easier_optimum")
GONE = Row("scipy", "not_installed", says="scipy n'est pas installé ici.")
LATE = Row("pulp", "measured", seconds=600.0, limit_reached=True)


def make_bench() -> Bench:
    rows = (OWN, LATE, GONE, FLOW)
    for row in rows:
        row.beside(OWN)
    return Bench(Size(2_000, 2_000, 1), 600, Machine(2, 24), rows)


def test_json_has_every_figure_and_only_the_size_of_the_machine() -> None:
    report = json.loads(bench_json(make_bench()))
    assert report["format"] == "binome-bench-matching/1"
    assert (report["mentees"], report["mentors"], report["seed"]) == (2_000, 2_000, 1)
    assert report["density"] == 0.1
    assert report["machine"] == {"cores": 2, "memory_gb": 24}
    assert [row["way"] for row in report["ways"]] == ["binome", "pulp", "scipy", "ortools"]
    assert report["ways"][3]["score_difference"] == 1.25
    assert report["ways"][2]["seconds"] is None


def test_the_markdown_is_one_table_with_a_row_a_way() -> None:
    head, empty, *rows = sheet(make_bench(), ENGLISH).to_markdown().splitlines()
    assert head.startswith("2 000 mentees × 2 000 mentors, seed 1; 2 cores, 24 GB; 400")
    assert empty == ""
    assert {row.count("|") for row in rows} == {12}
    own, late, gone, flow = rows[2:]
    assert "| 1.50 | × 1 | 1 234 |" in own
    assert "| 3.0e-15 | 180 / 170 | 0 |" in own
    assert own.endswith("(gates 0.50 s, new 0.20 s, price of fairness 1.25, p99_ms 8.5) |")
    assert "time limit reached" in late
    assert "not installed" in gone
    assert "| 6.00 | × 4 |" in flow
    assert "+1.2500" in flow
    assert "no floor" in flow


def test_the_table_fits_a_wide_terminal_and_cuts_nothing() -> None:
    written = StringIO()
    Console(file=written, width=WIDE).print(sheet(make_bench(), FRENCH).to_table())
    assert "…" not in written.getvalue()
    assert "OR-Tools, flot" in written.getvalue()


def test_lines_have_what_the_table_has() -> None:
    printed = sheet(make_bench(), FRENCH).to_lines()
    assert "10.0 %" in printed[0]
    assert printed[1].startswith("Binôme : secondes 1.50 · temps × 1")
    assert "scipy, affectation : scipy n'est pas installé ici." in printed
    assert any(
        line.endswith("(portes et scores 0.50 s, new 0.20 s, prix de l'équité 1.25, p99_ms 8.5)")
        for line in printed
    )


def test_every_way_has_its_words_in_both_languages() -> None:
    for words in (FRENCH, ENGLISH):
        assert {*SOLVERS, "verify"} <= set(words.labels)
        assert {*SOLVERS, "verify"} <= set(words.solves)
    assert set(FRENCH.columns) == set(ENGLISH.columns)
    assert set(FRENCH.proofs) == set(ENGLISH.proofs)
