"""`binome bench` refuses what it cannot do, before it does anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.bench.machine import Machine
from deploy.bench.matching.country import Size
from deploy.bench.matching.measure import Bench
from deploy.bench.matching.row import Row
from deploy.cli.bench import bench
from deploy.cli.bench_matching import report_bench
from shared.service.user_error import UserError

BINOME = str(Path(sys.executable).with_name("binome"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("matching --mentees 0", "--mentees : un nombre de 1 à 100000 est attendu, pas 0."),
        (
            "matching --mentors 100001",
            "--mentors : un nombre de 1 à 100000 est attendu, pas 100001.",
        ),
        ("matching --seed -1", "--seed : un nombre positif ou nul est attendu, pas -1."),
        ("matching --limit 0", "--limit : un nombre de secondes au-dessus de 0 est attendu."),
        (
            "matching --ways binome,magie",
            "--ways : « magie » est inconnu (attendu : binome, arrival, pulp, scipy, ortools).",
        ),
        (
            "matching --json /no/such/folder/x.json",
            "/no/such/folder/x.json : son dossier n'existe pas.",
        ),
        (
            "pipeline --registrations 0",
            "--registrations : un nombre de 1 à 1000000 est attendu, pas 0.",
        ),
        (
            "api --registrations 0",
            "--registrations : un nombre de 1 à 1000000 est attendu, pas 0.",
        ),
        ("pipeline --rate 0", "--rate : un nombre au-dessus de 0 est attendu."),
        ("pipeline --mails 3", "--mails : un nombre de 1 à 2 est attendu, pas 3."),
        ("pipeline --replicas 11", "--replicas : un nombre de 1 à 10 est attendu, pas 11."),
        ("pipeline --present -1", "--present : un nombre de 0 à 1000000 est attendu, pas -1."),
        ("pipeline --kill -1", "--kill : un nombre de 0 à 50 est attendu, pas -1."),
        ("pipeline --mentors 1.5", "--mentors : une part de 0 à 1 est attendue."),
        (
            "pipeline --json /no/such/folder/x.json",
            "/no/such/folder/x.json : son dossier n'existe pas.",
        ),
    ],
)
def test_a_bad_argument_is_one_plain_sentence(arguments: str, sentence: str) -> None:
    done = CliRunner().invoke(bench, arguments.split())
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
    assert "pipeline" in done.stdout
    assert "api" in done.stdout


def test_a_server_of_others_in_the_environment_is_refused() -> None:
    command = [BINOME, "bench", "pipeline", "--registrations", "20"]
    environment = os.environ | {"BINOME_AMQP_URL": "amqp://elsewhere.example.org"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert "retirez BINOME_AMQP_URL de l'environnement." in done.stderr
