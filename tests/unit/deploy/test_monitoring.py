"""What watches the services: rules that Prometheus accepts, alerts that fire when they should."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from deploy.cli.expected import expected_rules
from shared.service.definition import Service
from tests.architecture.tree import ROOT
from tests.contract.invented import INVENTED
from tests.unit.deploy.conftest import Promtool

PROMETHEUS = ROOT / "deploy/prometheus"
BOARDS = sorted((ROOT / "deploy/grafana/dashboards").glob("*.json"))
LOUD = ROOT / "deploy/prometheus/alerts.test.yml"


def _read(file: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(file)
    return found


def test_prometheus_accepts_its_configuration(promtool: Promtool) -> None:
    done = promtool("check", "config", "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "alerts.yml" in done.stdout
    assert "expected.json" in done.stdout


def test_every_alert_is_silent_on_a_good_day_and_loud_on_a_bad_one(promtool: Promtool) -> None:
    done = promtool("test", "rules", "alerts.test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_alert_goes_untested() -> None:
    alerts = re.findall(r"- alert: (\w+)", (PROMETHEUS / "alerts.yml").read_text())
    cases = [case for test in _read(LOUD)["tests"] for case in _cases(test)]
    assert {str(case["alertname"]) for case in cases if case.get("exp_alerts")} == set(alerts)
    assert {str(case["alertname"]) for case in cases if not case.get("exp_alerts")} == set(alerts)


def _cases(test: dict[str, object]) -> list[dict[str, object]]:
    cases = test["alert_rule_test"]
    assert isinstance(cases, list)
    return cases


def test_an_alert_that_would_not_fire_fails_the_test(promtool: Promtool, tmp_path: Path) -> None:
    rules = (PROMETHEUS / "alerts.yml").read_text()
    deaf = rules.replace('_oldest_letter_seconds"}) > 60', '_oldest_letter_seconds"}) > 6000')
    assert deaf != rules
    (tmp_path / "alerts.yml").write_text(deaf)
    (tmp_path / "alerts.test.yml").write_text(LOUD.read_text())
    done = promtool("test", "rules", tmp_path / "alerts.test.yml")
    assert done.returncode == 1
    assert "OldestLetter" in done.stdout + done.stderr


def test_every_alert_names_the_fault_and_what_to_do() -> None:
    for group in _read(PROMETHEUS / "alerts.yml")["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"].keys() == {"summary", "action"}
            assert rule["labels"]["severity"] in {"now", "today"}


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.stem)
def test_every_panel_asks_what_prometheus_understands(
    promtool: Promtool, board: Path, tmp_path: Path
) -> None:
    panels = json.loads(board.read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    rules = [
        {"record": f"panel:{place}", "expr": expression.replace("$__rate_interval", "5m")}
        for place, expression in enumerate(expressions)
    ]
    file = tmp_path / "panels.json"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = promtool("check", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(rules) > 15


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.stem)
def test_panels_stand_side_by_side_and_read_the_provisioned_source(board: Path) -> None:
    sources = _read(ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml")
    panels = json.loads(board.read_text())["panels"]
    asked = {panel["datasource"]["uid"] for panel in panels if "targets" in panel}
    assert asked == {source["uid"] for source in sources["datasources"]}
    cells = [cell for panel in panels for cell in _cells(**panel["gridPos"])]
    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in panels}) == len(panels)


def _cells(x: int, y: int, w: int, h: int) -> list[tuple[int, int]]:
    return [(column, line) for column in range(x, x + w) for line in range(y, y + h)]


def test_what_is_expected_of_a_service_follows_from_its_queues() -> None:
    mute = Service("mute", __package__, "Says nothing.")
    rules = expected_rules([INVENTED, mute])["groups"][0]["rules"]
    assert [(x["labels"]["job"], x["expr"]) for x in rules] == [
        ("invented", "vector(3)"),
        ("mute", "vector(0)"),
    ]
