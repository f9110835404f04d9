"""The secrets of the composed stack: random, private, one file per container, never committed."""

import json
import stat
import subprocess
from pathlib import Path

import pytest

from deploy.devstack.accounts import RIGHTS, service_user
from deploy.services import names
from tests.architecture.tree import ROOT

SCRIPT = ROOT / "deploy/secrets.sh"


def _make(folder: Path) -> str:
    done = subprocess.run(
        ["sh", str(SCRIPT), str(folder)], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "secrets"
    _make(folder)
    return folder


def _environment(file: Path) -> dict[str, str]:
    lines = [x for x in file.read_text().splitlines() if x and not x.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_nobody_else_reads_them(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in made.glob("*.env")}
    assert set(modes.values()) == {0o600}


def test_the_master_key_is_registrations_alone(made: Path) -> None:
    holders = [x.name for x in made.iterdir() if "BINOME_MASTER_KEY=" in x.read_text()]
    assert holders == ["registration.env"]


def test_a_service_knows_its_own_accounts_only(made: Path) -> None:
    for name in names():
        environment = _environment(made / f"{name}.env")
        assert environment["BINOME_AMQP_URL"].startswith(f"amqp://binome-{name}:")
        assert environment["BINOME_DATABASE_URL"].startswith(f"postgresql://binome_{name}:")
        own = [environment["BINOME_DATABASE_URL"]]
        if name == "registration":
            own.append(environment["BINOME_KEYS_DATABASE_URL"])
        passwords = {x.split("=", 1)[1] for x in (made / "postgres.env").read_text().split()}
        read = {x for x in passwords if x in (made / f"{name}.env").read_text()}
        assert read == {url.split(":")[2].partition("@")[0] for url in own}


def test_the_roles_of_owner_and_retention_are_for_commands_only(made: Path) -> None:
    environment = _environment(made / "migrate.env")
    for name in (*names(), "keys"):
        for role in ("migration", "retention"):
            url = environment[f"BINOME_{name.upper()}_{role.upper()}_DATABASE_URL"]
            assert url.startswith(f"postgresql://binome_{name}_{role}:")
    others = [x for x in made.glob("*.env") if x.name != "migrate.env"]
    assert [x.name for x in others if "MIGRATION_DATABASE_URL" in x.read_text()] == []
    holders = [x.name for x in others if "RETENTION_DATABASE_URL" in x.read_text()]
    assert holders == ["retention.env"]


def test_the_job_of_retention_knows_one_role_and_no_key(made: Path) -> None:
    url = "BINOME_REGISTRATION_RETENTION_DATABASE_URL"
    assert _environment(made / "retention.env") == {url: _environment(made / "migrate.env")[url]}


def test_only_registration_can_read_contact_data(made: Path) -> None:
    holders = [x.name for x in made.glob("*.env") if "BINOME_MASTER_KEY" in x.read_text()]
    assert holders == ["registration.env"]


def test_every_secret_is_a_different_one(made: Path, tmp_path: Path) -> None:
    _make(tmp_path / "other")
    one, other = _environment(made / "postgres.env"), _environment(tmp_path / "other/postgres.env")
    assert len({*one.values(), *other.values()}) == 2 * len(one)
    assert min(map(len, one.values())) >= 32


def test_a_second_run_changes_nothing(made: Path) -> None:
    before = {file: file.read_bytes() for file in made.iterdir()}
    assert "already" in _make(made)
    assert {file: file.read_bytes() for file in made.iterdir()} == before


def test_a_run_that_was_cut_short_begins_anew(tmp_path: Path) -> None:
    _make(tmp_path)
    (tmp_path / "migrate.env").unlink()
    _make(tmp_path)
    lines = (tmp_path / "registration.env").read_text().splitlines()
    assert len(lines) == len({line.partition("=")[0] for line in lines})


def test_the_broker_s_accounts_are_those_of_the_local_stack(made: Path) -> None:
    accounts = json.loads((made / "rabbitmq-accounts.json").read_text())
    users = {user["name"] for user in accounts["users"]}
    assert users == {"binome-admin", *(service_user(name, "").name for name in names())}
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    admin = {"user": "binome-admin", "vhost": "binome"} | everything
    assert accounts["permissions"] == [admin]


def test_what_a_service_s_account_may_do_is_rendered_for_each() -> None:
    for kind in ("permissions", "topic_permissions"):
        named = {right["user"] for right in RIGHTS[kind]}
        assert named == {service_user(name, "").name for name in names()}


def test_git_leaves_them_out() -> None:
    paths = ["deploy/secrets/migrate.env", "deploy/secrets/rabbitmq-accounts.json"]
    done = subprocess.run(
        ["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == paths
