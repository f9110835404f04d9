"""`binome match` and `binome verify` as an operator meets them."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from deploy.cli.match import match, verify

MENTEES = """id,needs,slots,level,department,since,born,publics,association
j1,job|studies,mon_am|wed_pm,lycee,69,2026-01-03,2009,ase,
j2,job,mon_am,lycee,69,2025-12-01,,qpv,a1
=j3,studies,sun_eve,college,75,2026-01-10,,,
"""
MENTORS = """id;offres;créneaux;niveaux;département;capacité;habilité;association
m1;job;mon_am;lycee|college;69;1;oui;a1
m2;job|studies;mon_am|wed_pm;lycee;01;1;non;a1
-m3;studies;sun_eve;college;75;2;non;
"""
POLICY = 'version = "p-1"\n[[floors]]\npublic = "ase"\nshare = 0.3\n'

app = typer.Typer()
app.command()(match)
app.command()(verify)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mentees.csv").write_text(MENTEES, encoding="utf-8")
    (tmp_path / "mentors.csv").write_bytes(MENTORS.encode("cp1252"))
    (tmp_path / "associations.csv").write_text("id,round_cap\na1,2\n")
    (tmp_path / "past.csv").write_text("mentee_id,mentor_id\nj2,m2\n")
    (tmp_path / "policy.toml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


INPUTS = "--associations associations.csv --past past.csv --policy policy.toml"


def run(line: str) -> Result:
    return CliRunner().invoke(app, line.split())


def run_match(extra: str = "") -> Result:
    return run(
        f"match mentees.csv mentors.csv --out pairs.csv {INPUTS} --at 15/01/2026"
        f" --certificate proof.json --explain why.json --json sum.json {extra}"
    )


def run_verify(extra: str = "", inputs: str = INPUTS) -> Result:
    return run(
        f"verify mentees.csv mentors.csv pairs.csv --certificate proof.json {inputs} {extra}"
    )


def test_two_spreadsheets_in_pairs_and_proof_out(folder: Path) -> None:
    result = run_match()
    assert result.exit_code == 0, result.output
    with (folder / "pairs.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["mentee_id", "mentor_id", "score", "components"]
    assert [row[:2] for row in rows[1:]] == [["'=j3", "'-m3"], ["j1", "m1"]]
    figure = r"\d\.\d{6}"
    assert all(re.fullmatch(figure, row[2]) for row in rows[1:])
    parts = (
        rf"needs={figure}\|sectors={figure}\|slots={figure}\|proximity={figure}\|waiting={figure}"
    )
    assert all(re.fullmatch(parts, row[3]) for row in rows[1:])
    assert "2 binômes pour 3 jeunes et 3 mentors" in result.stdout


def test_the_summary_that_programs_read(folder: Path) -> None:
    run_match()
    summary = json.loads((folder / "sum.json").read_text())
    assert list(summary) == [
        "mentees",
        "mentors",
        "permitted",
        "pairs",
        "score",
        "bound",
        "gap",
        "price_of_fairness",
        "floors",
        "seconds",
        "peak_mb",
    ]
    assert (summary["mentees"], summary["mentors"], summary["pairs"]) == (3, 3, 2)
    assert summary["permitted"] == 3
    assert summary["floors"] == [{"public": "ase", "wanted": 1, "served": 1}]
    assert summary["gap"] <= 1e-6


def test_the_explanations_of_all_mentees(folder: Path) -> None:
    run_match()
    entries = json.loads((folder / "why.json").read_text())
    assert [entry["mentee_id"] for entry in entries] == ["=j3", "j1", "j2"]
    for entry in entries:
        assert list(entry) == [
            "mentee_id",
            "mentor_id",
            "score",
            "components",
            "reasons",
            "blocking",
        ]
        assert (entry["mentor_id"] is None) == (entry["reasons"] is None)
        assert (entry["blocking"] is None) == (entry["mentor_id"] is not None)


def test_a_true_result_is_verified_and_a_touched_one_is_not(folder: Path) -> None:
    run_match()
    true = run_verify()
    assert true.exit_code == 0, true.output
    assert run_verify("--at 2026-01-15").exit_code == 0
    assert run_verify("--at 2026-01-16").exit_code == 1
    assert run_verify(inputs="").exit_code == 1
    pairs = folder / "pairs.csv"
    text = pairs.read_text()
    for old, new in (("j1,m1", "j1,m2"), ("0.55", "0.65"), ("needs=1", "needs=0"), ("j1", "j2")):
        assert old in text
        pairs.write_text(text.replace(old, new))
        assert run_verify().exit_code == 1, (old, new)
    pairs.write_text("\n".join(text.splitlines()[:-1]))
    refused = run_verify()
    assert refused.exit_code == 1
    assert "most_pairs" in refused.stderr


def test_the_same_files_give_the_same_bytes(folder: Path) -> None:
    run_match()
    first = [(folder / name).read_bytes() for name in ("pairs.csv", "proof.json", "why.json")]
    header, *rows = MENTEES.splitlines()
    (folder / "mentees.csv").write_text("\n".join([header, *reversed(rows)]), encoding="utf-8-sig")
    run_match()
    assert first == [
        (folder / name).read_bytes() for name in ("pairs.csv", "proof.json", "why.json")
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("match no.csv mentors.csv --out pairs.csv", "no.csv : ce fichier n'existe pas."),
        ("match mentors.csv mentees.csv --out pairs.csv", "mentors.csv, ligne 1, colonne"),
        ("match mentees.csv mentors.csv --out no/pairs.csv", "son dossier n'existe pas"),
        ("match mentees.csv mentors.csv --out mentees.csv", "mentees.csv : ce fichier sert déjà"),
        ("match mentees.csv mentors.csv --out p.csv --json p.csv", "sert déjà"),
        ("match mentees.csv mentors.csv --out p.csv --at hier", "--at : « hier »"),
        ("match mentees.csv mentors.csv --out p.csv --policy past.csv", "past.csv"),
        ("verify mentees.csv mentors.csv past.csv --certificate policy.toml", "JSON"),
    ],
)
def test_bad_input_is_one_plain_sentence_and_leaves_no_trace(
    folder: Path, line: str, sentence: str
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run(line)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.output
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_older_result_survives_a_failure(folder: Path) -> None:
    run_match()
    old = (folder / "pairs.csv").read_bytes()
    (folder / "mentees.csv").write_text(MENTEES.replace("2026-01-03", "soon"))
    assert run_match().exit_code == 1
    assert (folder / "pairs.csv").read_bytes() == old


def test_the_command_itself_runs_without_any_server(folder: Path) -> None:
    line = "match mentees.csv mentors.csv --out pairs.csv --at 2026-01-15"
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli.main", *line.split()],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": "", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "Preuve…" in done.stderr


UNKNOWN = [
    ("j2,job,mon_am,lycee,69", "j2,poetry,mon_am,lycee,69", "besoins|needs", "poetry"),
    ("j2,job,mon_am,lycee,69", "j2,job,mon_noon,lycee,69", "slots", "mon_noon"),
    ("j2,job,mon_am,lycee,69", "j2,job,mon_am,kindergarten,69", "level", "kindergarten"),
    ("j2,job,mon_am,lycee,69", "j2,job,mon_am,lycee,20", "department", "20"),
]


@pytest.mark.parametrize(("row", "changed", "column", "code"), UNKNOWN)
def test_who_has_a_code_of_no_vocabulary_is_set_aside_and_all_others_are_matched(
    folder: Path, row: str, changed: str, column: str, code: str
) -> None:
    """Also where somebody else's row, or a past pair, names them: they are somebody."""
    (folder / "mentees.csv").write_text(MENTEES.replace(row, changed), encoding="utf-8")
    done = run_match()
    assert done.exit_code == 0, done.output
    assert re.search(f"ligne 3, colonne « ({column}) »", done.output)
    assert code in done.output
    assert "mise de côté" in done.output
    pairs = list(csv.DictReader((folder / "pairs.csv").read_text().splitlines()))
    assert {pair["mentee_id"] for pair in pairs} == {"j1", "'=j3"}
    assert run_verify().exit_code == 0


def test_a_mentor_with_a_code_of_no_vocabulary_is_set_aside_too(folder: Path) -> None:
    changed = MENTORS.replace("m1;job;", "m1;poetry;")
    (folder / "mentors.csv").write_bytes(changed.encode("cp1252"))
    done = run_match()
    assert done.exit_code == 0, done.output
    assert "mise de côté" in done.output
    pairs = list(csv.DictReader((folder / "pairs.csv").read_text().splitlines()))
    assert "m1" not in {pair["mentor_id"] for pair in pairs}
    assert run_verify().exit_code == 0


def test_a_row_that_is_wrong_otherwise_still_refuses_the_file(folder: Path) -> None:
    wrong = MENTEES.replace("j2,job,mon_am,lycee,69,2025-12-01", "j2,poetry,mon_am,lycee,69,soon")
    (folder / "mentees.csv").write_text(wrong, encoding="utf-8")
    done = run_match()
    assert done.exit_code == 1
    assert "soon" in done.output
