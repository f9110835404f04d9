"""`binome contracts`: the written contracts are those of the code, and drift is named."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli.contracts import (
    ASYNCAPI,
    DEFINITIONS,
    ROOT,
    SCHEMAS,
    brought_up_to_date,
    write_contracts,
)
from deploy.services import installed_services
from shared.service.definition import Service
from tests.contract.invented import INVENTED

PAIR = f"{SCHEMAS}/pair.proposed.v1.json"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder that holds the contracts of one invented service."""
    assert brought_up_to_date(tmp_path, [INVENTED], check=False) == []
    return tmp_path


def _faults(root: Path, services: list[Service] | None = None) -> list[str]:
    return brought_up_to_date(root, [INVENTED] if services is None else services, check=True)


def test_the_contracts_in_the_tree_are_those_of_the_code() -> None:
    assert _faults(ROOT, installed_services()) == []


def test_what_was_just_written_has_not_drifted(written: Path) -> None:
    assert _faults(written) == []


def test_writing_twice_changes_no_byte(written: Path) -> None:
    before = {file: file.read_bytes() for file in written.rglob("*.json")}
    brought_up_to_date(written, [INVENTED], check=False)
    assert {file: file.read_bytes() for file in written.rglob("*.json")} == before


@pytest.mark.parametrize("path", [DEFINITIONS, f"{ASYNCAPI}/invented.json"])
def test_a_hand_on_a_file_is_noticed(written: Path, path: str) -> None:
    (written / path).write_text("{}\n")
    assert _faults(written) == [
        f"{path}: says something else than the code, run `binome contracts`"
    ]


def test_a_missing_file_is_noticed(written: Path) -> None:
    (written / DEFINITIONS).unlink()
    assert _faults(written) == [f"{DEFINITIONS}: not written yet, run `binome contracts`"]


def test_a_document_without_its_service_is_noticed_then_removed(written: Path) -> None:
    shutil.copy(written / ASYNCAPI / "invented.json", written / ASYNCAPI / "gone.json")
    assert any("gone.json: nothing in the code" in fault for fault in _faults(written))
    brought_up_to_date(written, [INVENTED], check=False)
    assert _faults(written) == []


def _publish_otherwise(root: Path) -> None:
    """Publish a field that the code no longer has."""
    promised = json.loads((root / PAIR).read_text())
    promised["properties"]["promised"] = {"type": "string"}
    (root / PAIR).write_text(json.dumps(promised))


@pytest.mark.parametrize("check", [True, False])
def test_a_schema_that_breaks_its_readers_is_refused(written: Path, check: bool) -> None:
    _publish_otherwise(written)
    faults = brought_up_to_date(written, [INVENTED], check=check)
    assert faults[0] == f"{PAIR}: promised was taken away (an event only gains optional fields)"
    assert "promised" in (written / PAIR).read_text()


def test_an_event_that_vanished_is_refused(written: Path) -> None:
    shutil.copy(written / PAIR, written / SCHEMAS / "pair.dreamt.v1.json")
    faults = brought_up_to_date(written, [INVENTED], check=False)
    assert faults == [
        f"{SCHEMAS}/pair.dreamt.v1.json: the event is gone, yet readers may still wait for it"
    ]


def test_the_command_ends_with_a_status_and_a_sentence(written: Path) -> None:
    app = typer.Typer()

    @app.command()
    def check() -> None:
        write_contracts(written, [INVENTED], check=True)

    assert CliRunner().invoke(app).exit_code == 0
    (written / DEFINITIONS).unlink()
    refused = CliRunner().invoke(app)
    assert refused.exit_code == 1
    assert refused.stderr == f"{DEFINITIONS}: not written yet, run `binome contracts`\n"
