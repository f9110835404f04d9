"""What people and programs read of `binome bench pipeline`."""

import json

from deploy.bench.machine import Machine
from deploy.bench.pipeline.measure import Bench
from deploy.bench.pipeline.plan import Plan
from deploy.bench.pipeline.report import CELLS, bench_json, sheet
from deploy.bench.pipeline.row import Row
from deploy.bench.pipeline.ways import WAYS, Way
from deploy.bench.pipeline.wording import ENGLISH, FRENCH

OWN = Row(
    "binome",
    "measured",
    registrations=2_000,
    seconds=50.0,
    rate=40.0,
    p50_ms=1_234.5,
    p95_ms=2_000.0,
    p99_ms=2_400.4,
    cpu_seconds_per_1000=50.25,
    mails=4_000,
    duplicates=0,
    lost=0,
    undecidable=1,
    killed=3,
    cpu_by_process={"registration": 30.0, "database": 20.25, "sink": 1.0},
)
PROMISED = [
    "registrations",
    "offered_per_second",
    "seconds",
    "rate",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "cpu_seconds_per_1000",
    "mails",
    "duplicates",
    "lost",
]


def make_bench() -> Bench:
    return Bench(Plan(2_000, kills=3), Machine(2, 24), (OWN,))


def test_json_has_the_promised_keys_on_top_and_every_way_below() -> None:
    printed = json.loads(bench_json(make_bench()))
    assert {key: printed[key] for key in PROMISED} == {key: getattr(OWN, key) for key in PROMISED}
    assert [way["way"] for way in printed["ways"]] == ["binome"]
    assert printed["machine"] == {"cores": 2, "memory_gb": 24}


def test_the_markdown_is_one_table_with_a_row_a_way() -> None:
    head, empty, *rows = sheet(make_bench(), ENGLISH).to_markdown().splitlines()
    assert head == ("2 000 registrations as fast as possible, two mails each; 2 cores, 24 GB.")
    assert empty == ""
    assert {row.count("|") for row in rows} == {len(CELLS) + 3}
    assert rows[-1].startswith("| Binôme | 40.0 |  | 1234 | 2000 | 2400 | 50.25 | 4 000 | 0 | 0 |")
    assert "(registration 30.00, database 20.25, mail server 1.00)" in rows[-1]
    assert rows[-1].endswith("notification killed 3 times, 1 mails named as undecidable |")


def test_lines_say_what_was_offered() -> None:
    printed = sheet(Bench(Plan(10, rate=50, mails=1), Machine(2, 24), (OWN,)), FRENCH).to_lines()
    assert printed[0] == "10 inscriptions à 50 par seconde, un mail chacune ; 2 cœurs, 24 Go."
    assert printed[1].startswith("Binôme : par seconde 40.0 · p50 ms 1234")


def test_every_way_has_its_words_in_both_languages() -> None:
    for words in (FRENCH, ENGLISH):
        assert set(words.labels) == set(words.does) >= set(WAYS)
        assert set(CELLS) == set(words.columns)
    assert set(FRENCH.named) == set(ENGLISH.named)


def test_a_way_that_is_not_installed_says_so() -> None:
    assert not Way("celery_tasks", "no_such_package").is_installed()
    absent = Row("celery", "not_installed", says="celery n'est pas installé.")
    shown = sheet(Bench(Plan(10), Machine(2, 24), (OWN, absent)), ENGLISH).to_markdown()
    assert shown.splitlines()[-1] == "| Celery tasks |  |  |  |  |  |  |  |  |  | not installed |"
