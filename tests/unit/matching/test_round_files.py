"""The files of a round become people, or every fault of every file is named."""

from datetime import date
from pathlib import Path

import pytest

from services.matching.domain.fingerprint import inputs_sha256, policy_sha256
from services.matching.domain.people import Association, Mentee, Mentor
from services.matching.domain.round_input import RoundInput
from services.matching.gateways.round_files import RoundFiles, read_round
from shared.spreadsheets import InvalidSheet
from tests.unit.matching.people import AT

MENTEES = "id,needs,slots,level,department,since\nj1,job,mon_am,lycee,69,2026-01-03\n"
MENTORS = "id,offers,slots,levels,department\nm1,job|network,mon_am,lycee|college,69\n"


def write_files(folder: Path, **texts: str) -> RoundFiles:
    texts = {"mentees": MENTEES, "mentors": MENTORS} | texts
    paths = {name: folder / f"{name}.csv" for name in texts}
    for name, text in texts.items():
        paths[name].write_text(text, encoding="utf-8")
    return RoundFiles(**paths)


def parse_round(folder: Path, **texts: str) -> RoundInput:
    return read_round(write_files(folder, **texts), AT).given


def test_absent_columns_have_their_defaults(tmp_path: Path) -> None:
    found = parse_round(tmp_path)
    assert found.mentees == (
        Mentee("j1", frozenset({"job"}), frozenset({"mon_am"}), "lycee", "69", date(2026, 1, 3)),
    )
    assert found.mentors == (
        Mentor(
            "m1",
            frozenset({"job", "network"}),
            frozenset({"mon_am"}),
            frozenset({"lycee", "college"}),
            "69",
        ),
    )


def test_every_column_by_its_french_name(tmp_path: Path) -> None:
    mentees = (
        "id;Besoins;Créneaux;Niveau;Département;Inscrit le;Né le;Langues;Secteurs;Commune;"
        "À distance;Publics;Association;Éviter;prénom\n"
        "j1;job|interview;mon_am;lycee;1;10/01/2026;2010;fr|AR;digital;1004;non;qpv|ase;a1;"
        "m1| m2;Zoé\n"
    )
    mentors = (
        "id;Offres;Créneaux;Niveaux;Département;Langues;Secteurs;Commune;à distance;Capacité;"
        "Association;Entreprise;Habilité;Inscrit le;Éviter\n"
        "m1;job;mon_am;lycee;2a;en;health;2A004;oui;3;a1;ACME;oui;2025-01-01;j9\n"
    )
    found = read_round(write_files(tmp_path, mentees=mentees, mentors=mentors), AT)
    assert len(found.warnings) == 2, "of m2 and j9, who are in no file"
    [mentee], [mentor] = found.given.mentees, found.given.mentors
    assert (mentee.department, mentee.commune, mentee.remote) == ("01", "01004", False)
    assert (mentee.born, mentee.since) == (date(2010, 12, 31), date(2026, 1, 10))
    assert mentee.languages == {"fr", "ar"}
    assert mentee.publics == {"qpv", "ase"}
    assert mentee.avoid == {"m1", " m2", "m2"}
    assert (mentor.department, mentor.commune, mentor.capacity) == ("2A", "2A004", 3)
    assert (mentor.company, mentor.cleared, mentor.association) == ("ACME", True, "a1")


@pytest.mark.parametrize(
    ("cell", "clearance"),
    [
        ("yes", True),
        ("non", False),
        ("", False),
        ("2026-06-30", date(2026, 6, 30)),
        ("30/06/2026", date(2026, 6, 30)),
    ],
)
def test_a_clearance_is_yes_no_or_the_last_day_it_holds(
    tmp_path: Path, cell: str, clearance: bool | date
) -> None:
    rows = f"id,offers,slots,levels,department,habilité\nm1,job,mon_am,lycee,69,{cell}\n"
    assert parse_round(tmp_path, mentors=rows).mentors[0].cleared == clearance


@pytest.mark.parametrize(
    ("cell", "born"), [("2009", date(2009, 12, 31)), ("01/02/2009", date(2009, 2, 1)), ("", None)]
)
def test_a_mentor_may_have_a_birth_date_or_year(
    tmp_path: Path, cell: str, born: date | None
) -> None:
    rows = f"id,offers,slots,levels,department,né le\nm1,job,mon_am,lycee,69,{cell}\n"
    assert parse_round(tmp_path, mentors=rows).mentors[0].born == born


def test_associations_and_past_pairs(tmp_path: Path) -> None:
    found = parse_round(
        tmp_path,
        associations="id,round_cap\na1,5\na2,\na3,0\n",
        past="mentee_id,mentor_id\nj1,m1\nj1,m1\nold,m1\n",
    )
    assert set(found.associations) == {
        Association("a1", 5),
        Association("a2"),
        Association("a3", 0),
    }
    assert found.caps == {"a1": 5, "a3": 0}
    assert found.past == {("j1", "m1"), ("old", "m1")}


def test_a_header_alone_is_an_empty_side_with_a_warning(tmp_path: Path) -> None:
    found = read_round(write_files(tmp_path, mentors=MENTORS.splitlines()[0]), AT)
    assert found.given.mentors == ()
    assert "aucune ligne" in found.warnings[0]


def test_ids_count_as_written(tmp_path: Path) -> None:
    row = MENTEES.splitlines()[1].removeprefix("j1")
    names = ["a", "A", " a", "a ", "é", "e\u0301"]
    found = parse_round(
        tmp_path, mentees="\n".join([MENTEES.splitlines()[0], *(n + row for n in names)])
    )
    assert [mentee.id for mentee in found.mentees] == names


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("needs", ""),
        ("since", "yesterday"),
        ("since", "31/06/2025"),
        ("born", "10"),
        ("born", "2010-02-30"),
        ("languages", "french"),
        ("languages", "xx"),
        ("sectors", "space"),
        ("commune", "75056"),
        ("commune", "ABCDE"),
        ("remote", "maybe"),
        ("publics", "rich"),
        ("association", "a" * 65),
        ("id", ""),
        ("id", "j" * 65),
    ],
)
def test_a_bad_cell_of_a_mentee_is_named(tmp_path: Path, column: str, value: str) -> None:
    good = dict(zip(*(line.split(",") for line in MENTEES.splitlines()), strict=True))
    cells = good | {column: value}
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    with pytest.raises(InvalidSheet) as refusal:
        parse_round(tmp_path, mentees=text)
    [fault] = refusal.value.faults
    assert (fault.file, fault.line, fault.column) == (f"{tmp_path}/mentees.csv", 2, column)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("needs", "jobs"),
        ("slots", "mon_noon"),
        ("level", "lycee|college"),
        ("level", "phd"),
        ("department", "20"),
        ("department", "99"),
        ("department", "001"),
    ],
)
def test_a_mentee_with_an_unknown_code_is_set_aside_and_named(
    tmp_path: Path, column: str, value: str
) -> None:
    good = dict(zip(*(line.split(",") for line in MENTEES.splitlines()), strict=True))
    rows = [good, good | {"id": "j9", column: value}]
    text = "\n".join([",".join(good), *(",".join(row.values()) for row in rows)])
    found = read_round(write_files(tmp_path, mentees=text), AT)
    assert [mentee.id for mentee in found.given.mentees] == [good["id"]]
    (warning,) = [one for one in found.warnings if "mise de côté" in one]
    assert warning.startswith(f"{tmp_path}/mentees.csv, ligne 3, colonne « {column} »")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("capacity", "21"),
        ("capacity", "-1"),
        ("capacity", "1.5"),
        ("cleared", "peut-être"),
        ("cleared", "2026"),
        ("cleared", "31/02/2026"),
        ("born", "10"),
        ("since", "x"),
    ],
)
def test_a_bad_cell_of_a_mentor_is_named(tmp_path: Path, column: str, value: str) -> None:
    good = dict(zip(*(line.split(",") for line in MENTORS.splitlines()), strict=True))
    cells = good | {column: value}
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    with pytest.raises(InvalidSheet) as refusal:
        parse_round(tmp_path, mentors=text)
    [fault] = refusal.value.faults
    assert (fault.file, fault.line, fault.column) == (f"{tmp_path}/mentors.csv", 2, column)


def test_the_same_id_twice_is_named_with_its_first_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidSheet, match="ligne 3, colonne « id » : déjà pris à la ligne 2"):
        parse_round(tmp_path, mentees=MENTEES + MENTEES.splitlines()[1])


def test_the_faults_of_all_files_are_reported_together(tmp_path: Path) -> None:
    with pytest.raises(InvalidSheet) as refusal:
        parse_round(
            tmp_path,
            mentees=MENTEES.replace("2026-", "soon-"),
            mentors=MENTORS.replace("m1,", ","),
            associations="id,round_cap\na1,many\n",
            past="mentee_id,mentor_id\nj1,\n",
            policy='colour = "blue"',
        )
    files = [Path(fault.file).stem for fault in refusal.value.faults]
    assert files == ["mentees", "mentors", "associations", "past", "policy"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("version = 1\nversion", "policy.csv : ce n'est pas du TOML complet"),
        ("version : 1\n", "policy.csv, ligne 1, colonne « 9 »"),
        ("[weights]\nneeds = 1", "weights.sectors"),
        ("min_score = 2", "min_score"),
    ],
)
def test_a_bad_policy_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(InvalidSheet) as refusal:
        parse_round(tmp_path, policy=text)
    assert sentence in str(refusal.value)


def test_a_policy_that_is_no_text_or_not_there(tmp_path: Path) -> None:
    files = write_files(tmp_path)
    for content, sentence in ((b"\xff\xfe\x00", "UTF-8"), (None, "n'existe pas")):
        policy = tmp_path / "policy.toml"
        policy.unlink(missing_ok=True)
        if content is not None:
            policy.write_bytes(content)
        with pytest.raises(InvalidSheet, match=sentence):
            read_round(RoundFiles(files.mentees, files.mentors, policy=policy), AT)


def test_the_fingerprint_is_of_the_content_not_of_the_writing(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    rows = "j2,job|studies,mon_am,lycee,01,2026-01-03\nj1,job,mon_am,lycee,69,2026-01-04\n"
    one = parse_round(tmp_path / "one", mentees=MENTEES.splitlines()[0] + "\n" + rows)
    other = (
        "Besoins;id;Département;créneaux;niveau;inscrit_le\n"
        "job;j1;69;mon_am;lycee;2026-01-04T09:00\n"
        "studies|job|job;j2;1;mon_am;lycee;03/01/2026\n"
    )
    two = parse_round(tmp_path / "two", mentees=other)
    assert inputs_sha256(one) == inputs_sha256(two)
    assert inputs_sha256(one) != inputs_sha256(parse_round(tmp_path))
    default = policy_sha256(one.policy)
    assert policy_sha256(parse_round(tmp_path, policy="min_score = 0.0").policy) == default
    assert policy_sha256(parse_round(tmp_path, policy="min_score = 0.1").policy) != default
