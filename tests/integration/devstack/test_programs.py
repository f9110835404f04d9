"""Without servers and without the right to install them there is one clear message."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from deploy.devstack import programs, server_selection
from deploy.devstack.programs import POSTGRES, RABBITMQ, MissingProgramsError
from deploy.devstack.servers import private_servers

INSTALLER = Path(programs.__file__).with_name("install.sh")

APT = """#!/bin/sh
echo "$@" >>"$BINOME_INSTALL_ROOT/asked"
case "$*" in
*install*)
    sh "$BINOME_INSTALL_ROOT/usr/sbin/policy-rc.d"
    echo "policy $?" >>"$BINOME_INSTALL_ROOT/asked"
    ;;
esac
"""


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BINOME_PROGRAM_PATH", str(tmp_path))
    monkeypatch.setenv("BINOME_INSTALL", "no")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A small system whose apt writes down what it was asked."""
    for folder in ("usr/sbin", "run/lock", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "bin" / "apt-get").write_text(APT)
    (tmp_path / "bin" / "apt-get").chmod(0o755)
    return tmp_path


def install(system: Path) -> str:
    environment = os.environ | {
        "BINOME_INSTALL_ROOT": str(system),
        "PATH": f"{system}/bin:{os.environ['PATH']}",
    }
    command = ["/bin/sh", str(INSTALLER), str(system / "log"), "rabbitmq-server"]
    subprocess.run(command, env=environment, check=True)
    return (system / "asked").read_text()


@pytest.mark.usefixtures("bare_machine")
def test_missing_servers_give_one_message(tmp_path: Path) -> None:
    lines: list[str] = []
    with (
        pytest.raises(MissingProgramsError) as raised,
        private_servers(tmp_path / "run", lines.append),
    ):
        pytest.fail("there is nothing to start")
    message = str(raised.value)
    assert "RabbitMQ" in message
    assert "PostgreSQL" in message
    assert "docker compose up" in message
    assert "\n" not in message
    assert lines == []


@pytest.mark.usefixtures("bare_machine")
def test_only_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BINOME_DATABASE_URL", "postgresql://someone@127.0.0.1:1/postgres")
    with (
        pytest.raises(MissingProgramsError) as raised,
        private_servers(tmp_path / "run", print),
    ):
        pytest.fail("there is nothing to start")
    assert "PostgreSQL" not in str(raised.value)


def test_a_program_elsewhere_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "rabbitmq-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("BINOME_PROGRAM_PATH", str(tmp_path))
    assert RABBITMQ.find() == program.resolve()
    assert POSTGRES.find() is None


def test_no_service_may_start_while_packages_are_installed(system: Path) -> None:
    asked = install(system)
    assert asked.count("update") == 1
    assert "rabbitmq-server" in asked
    assert "policy 101" in asked
    assert not (system / "usr/sbin/policy-rc.d").exists()


def test_the_policy_of_the_machine_comes_back(system: Path) -> None:
    policy = system / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\n# of this machine\nexit 0\n")
    assert "policy 101" in install(system)
    assert "of this machine" in policy.read_text()
    assert [file.name for file in policy.parent.iterdir()] == ["policy-rc.d"]


def test_a_policy_left_by_a_killed_run_is_taken_away(system: Path) -> None:
    policy = system / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\n# binome-install: left behind\nexit 101\n")
    policy.with_name("policy-rc.d.before-binome").write_text("#!/bin/sh\n# of this machine\n")
    install(system)
    assert "of this machine" in policy.read_text()


def test_servers_of_the_environment_are_used_and_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BINOME_AMQP_URL", "amqp://someone@127.0.0.1:1/house")
    monkeypatch.setenv("BINOME_DATABASE_URL", "postgresql://someone@127.0.0.1:1/postgres")
    with private_servers(tmp_path / "run") as servers:
        assert servers.amqp_url == server_selection.amqp_url_from_environment()
        assert servers.postgres_url == server_selection.postgres_url_from_environment()
        assert servers.marks() == {}
