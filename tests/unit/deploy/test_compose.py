"""The composed stack, read without an engine: whole, hardened, scalable, without a password."""

import re
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from deploy.services import names
from tests.architecture.tree import ROOT

COMPOSE = ROOT / "docker-compose.yml"
PROJECT: dict[str, Any] = YAML(typ="safe").load(COMPOSE)
CONTAINERS: dict[str, dict[str, Any]] = PROJECT["services"]

each_container = pytest.mark.parametrize("name", CONTAINERS)
each_service = pytest.mark.parametrize("name", names())


def test_it_obeys_the_compose_specification() -> None:
    tool = Path(sys.executable).with_name("check-jsonschema")
    command = [str(tool), "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each_container
def test_a_container_has_no_right_that_it_does_not_need(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert "/tmp" in container["tmpfs"]  # noqa: S108 - a mount point, not a file of ours
    assert container["cap_drop"] == ["ALL"]
    assert "cap_add" not in container
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not container.get("privileged")


@each_container
def test_no_password_is_published(name: str) -> None:
    variables = {**CONTAINERS[name].get("environment", {})}
    assert [key for key in variables if re.search("PASS|SECRET|KEY|TOKEN|_URL$", key)] in (
        [],
        ["BINOME_PUBLIC_URL"],
    )
    for file in CONTAINERS[name].get("env_file", []):
        assert file.startswith("deploy/secrets/")


@each_container
def test_only_this_machine_reaches_a_port(name: str) -> None:
    assert all(port.startswith("127.0.0.1:$") for port in CONTAINERS[name].get("ports", []))


def test_people_have_one_address() -> None:
    assert [name for name, x in CONTAINERS.items() if "street" in x["networks"]] == [
        "registration",
        "matching",
        "notification",
        "followup",
        "proxy",
    ]
    assert CONTAINERS["proxy"]["ports"] == ["127.0.0.1:${BINOME_PORT:-8080}:8080"]


def test_the_broker_loads_its_accounts_and_then_what_they_may_do() -> None:
    broker = CONTAINERS["rabbitmq"]
    accounts = broker["secrets"][0]["target"]
    rights = broker["volumes"][0].split(":")[1]
    assert sorted([rights, accounts]) == [accounts, rights]
    config = (ROOT / "deploy/rabbitmq/rabbitmq.conf").read_text().splitlines()
    assert {str(Path(x).parent) for x in (accounts, rights)} == {"/run/definitions"}
    assert "load_definitions = /run/definitions" in config


def test_only_the_proxy_is_believed_on_who_asks() -> None:
    """Seen: every neighbour was, so a forged X-Forwarded-For counted."""
    proxy = CONTAINERS["proxy"]["networks"]["street"]["ipv4_address"]
    (config,) = PROJECT["networks"]["street"]["ipam"]["config"]
    assert ip_address(proxy) in ip_network(config["subnet"])
    for name in names():
        environment = CONTAINERS[name]["environment"]
        assert "FORWARDED_ALLOW_IPS" not in environment
        networks = environment["BINOME_TRUSTED_PROXIES"]
        assert networks == f"${{BINOME_TRUSTED_PROXIES:-{proxy}}}"


@each_service
def test_a_service_can_be_scaled(name: str) -> None:
    assert not {"container_name", "hostname", "ports"} & CONTAINERS[name].keys()


@each_service
def test_a_service_is_built_ready_and_knows_its_own_secrets_only(name: str) -> None:
    service = CONTAINERS[name]
    assert service["build"]["dockerfile"] == "deploy/Dockerfile"
    assert service["build"]["args"] == {"SERVICE": name}
    assert service["env_file"] == [f"deploy/secrets/{name}.env"]
    assert "/health/ready" in service["healthcheck"]["test"][-1]
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_old_rows_of_the_ledger_have_a_job() -> None:
    """Seen: no service may take them away, and nothing else did."""
    job = CONTAINERS["retention"]
    assert job["command"] == ["binome", "retention", "--ledger", "--daily"]
    assert job["env_file"] == ["deploy/secrets/retention.env"]
    assert job["restart"] == "unless-stopped"
    assert job["init"] is True, "as the first process it would not hear that it is to stop"
    assert "environment" not in job


def test_every_service_has_its_container() -> None:
    assert set(names()) <= CONTAINERS.keys()


def test_what_the_product_depends_on_is_what_was_agreed() -> None:
    images = {name: x["image"] for name, x in CONTAINERS.items()}
    assert images["rabbitmq"] == "rabbitmq:4-management"
    assert images["postgres"] == "postgres:17"


@each_container
def test_an_image_of_others_is_pinned_to_a_version(name: str) -> None:
    container = CONTAINERS[name]
    if "build" not in container:
        assert re.search(r":v?\d", container["image"])


@each_container
def test_what_is_mounted_from_the_tree_exists(name: str) -> None:
    for volume in CONTAINERS[name].get("volumes", []):
        source, _, how = volume.partition(":")
        if source.startswith("./"):
            assert (ROOT / source).exists()
            assert how.endswith(":ro")
        else:
            assert source in PROJECT["volumes"]


def test_prometheus_looks_at_every_service() -> None:
    config = YAML(typ="safe").load(ROOT / "deploy/prometheus/prometheus.yml")
    found = {
        x["job_name"]: x["dns_sd_configs"][0]["names"]
        for x in config["scrape_configs"]
        if "dns_sd_configs" in x
    }
    assert found == {name: [name] for name in names()}
