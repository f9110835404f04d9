"""`binome bench matching` refuses what it cannot do, before it does anything."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.bench.matching.country import Size
from deploy.bench.matching.measure import Bench, Machine
from deploy.bench.matching.row import Row
from deploy.cli.bench import bench, report_bench
from shared.service.user_error import UserError

BINOME = str(Path(sys.executable).with_name("binome"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--mentees 0", "--mentees : un nombre de 1 à 100000 est attendu, pas 0."),
        ("--mentors 100001", "--mentors : un nombre de 1 à 100000 est attendu, pas 100001."),
        ("--seed -1", "--seed : un nombre positif ou nul est attendu, pas -1."),
        ("--limit 0", "--limit : un nombre de secondes au-dessus de 0 est attendu."),
        (
            "--ways binome,magie",
            "--ways : « magie » est inconnu (attendu : binome, arrival, pulp, scipy, ortools).",
        ),
        ("--json /no/such/folder/x.json", "/no/such/folder/x.json : son dossier n'existe pas."),
    ],
)
def test_a_bad_argument_is_one_plain_sentence(arguments: str, sentence: str) -> None:
    done = CliRunner().invoke(bench, ["matching", *arguments.split()])
    assert isinstance(done.exception, UserError)
    assert done.exception.args == (sentence,)
    assert done.stdout == ""


def test_an_operator_sees_the_sentence_alone() -> None:
    command = [BINOME, "bench", "matching", "--ways", ""]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("--ways : «  » est inconnu (attendu : binome,")
    assert len(done.stderr.splitlines()) == 1


def test_a_round_of_ours_that_failed_ends_badly_after_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Row("binome", "failed", says="rien ne va.")
    found = Bench(Size(5, 5, 1), 600, Machine(2, 24), (failed,))
    target = tmp_path / "bench.json"
    with pytest.raises(UserError, match=r"^Binôme : rien ne va\.$"):
        report_bench(found, target)
    assert "| Binôme |" in capsys.readouterr().out
    assert json.loads(target.read_text())["ways"][0]["status"] == "failed"


def test_the_benchmarks_are_listed() -> None:
    done = CliRunner().invoke(bench, ["--help"])
    assert done.exit_code == 0
    assert "matching" in done.stdout
