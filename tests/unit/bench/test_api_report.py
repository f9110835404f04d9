"""What is counted of answers, and what people and programs read of `binome bench api`."""

import json

import pytest

from deploy.bench.api.client import Answers
from deploy.bench.api.report import PATTERNS, bench_json, sheet
from deploy.bench.api.row import Row, build_row
from deploy.bench.api.run import Bench, Plan
from deploy.bench.api.ways import WAYS
from deploy.bench.api.wording import ENGLISH, FRENCH
from deploy.bench.machine import Machine

CPU = {"registration": 0.3, "database": 0.1, "client": 0.2}


def build_rows() -> tuple[Row, Row]:
    own = build_row("binome", Answers([0.2, 0.1, 0.4, 0.3], {}, 0.5, 0.2), CPU)
    bare = build_row("bare", Answers([0.01, 0.02], {}, 0.1, 0.2), {"server": 0.002})
    own.beside(bare)
    bare.beside(bare)
    return own, bare


def test_a_row_counts_answers_and_time() -> None:
    own = build_rows()[0]
    assert (own.registrations, own.rate, own.p50_ms, own.p99_ms) == (4, 8.0, 200, 400)
    assert own.cpu_by_process["client"] == 50
    assert own.cpu_seconds_per_1000 == pytest.approx(100), "the client is not summed"
    assert own.share_of_bare == pytest.approx(0.4)


def test_an_answer_that_refuses_is_a_failure() -> None:
    row = build_row("binome", Answers([0.2], {"429": 3}, 0.5, 0.2), CPU)
    assert (row.status, row.refused, row.registrations, row.rate) == ("failed", 3, 4, 2.0)
    assert row.says == "réponses {'429': 3}"


def test_json_has_binome_on_top_and_every_way_below() -> None:
    rows = build_rows()
    report = json.loads(bench_json(Bench(Plan(4), Machine(2, 24), rows)))
    assert (report["rate"], report["p95_ms"], report["connections"]) == (8.0, 400, 32)
    assert [row["way"] for row in report["ways"]] == ["binome", "bare"]


def test_the_markdown_is_one_table_with_a_row_a_way() -> None:
    shown = sheet(Bench(Plan(4), Machine(2, 24), build_rows()), ENGLISH).to_markdown().splitlines()
    assert shown[0] == "4 registrations by HTTP, 32 at once; 2 cores, 24 GB."
    assert {line.count("|") for line in shown[2:]} == {len(PATTERNS) + 3}
    assert shown[4].startswith("| Binôme | 8.0 | 0.40 | 200 | 400 | 400 | 100.00 | 0 |")
    assert "database 25.00, not summed: client 50.00" in shown[4]


def test_every_way_has_its_words_in_both_languages() -> None:
    for words in (FRENCH, ENGLISH):
        assert set(words.labels) == set(words.does) == set(WAYS)
        assert set(words.columns) == set(PATTERNS)
