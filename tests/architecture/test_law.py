"""The tree obeys the law; whatever breaks it is named, with its place."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from deploy.services import installed_services
from tests.architecture import (
    dependencies,
    digits,
    events,
    fields,
    measurements,
    owners,
    patching,
    privacy,
    purity,
    reasons,
    references,
    spelling,
    sql,
    wording,
)
from tests.architecture.__main__ import RULES, main
from tests.architecture.commit_subject import fault_of
from tests.architecture.conftest import Plant
from tests.architecture.measurements import ALERTS, read_by
from tests.architecture.tree import ROOT

HANDLERS = "services/matching/entrypoints/events.py"
DOMAIN = "services/matching/domain/score.py"
TEST = "tests/unit/test_new.py"
PATCH = "def test(s, monkeypatch): monkeypatch.setattr"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.rpartition(".")[2])
def test_the_tree_obeys(rule: ModuleType) -> None:
    assert list(rule.violations(ROOT)) == []


@pytest.mark.parametrize(
    ("rule", "path", "code", "sentence"),
    [
        (reasons, HANDLERS, "import os  # noqa: F401", "silenced without a reason"),
        (reasons, HANDLERS, "import os  # noqa", "silenced without a reason"),
        (reasons, HANDLERS, "X: int = ''  # type: ignore[assignment]", "without a reason"),
        (spelling, HANDLERS, '"""Nobody is recieved."""', "recieved ==> received"),
        (spelling, HANDLERS, "X = 1  # it occured", "occured ==> occurred"),
        (spelling, "docs/messaging.md", "A seperate queue.", "seperate ==> separate"),
        (dependencies, "services/notification/service.py", "import numpy", "numpy is not declared"),
        (dependencies, "shared/web/forms.py", "from typer import echo", "typer is not declared"),
        (dependencies, "services/followup/service.py", "import httpx.x", "httpx is not declared"),
        (dependencies, "deploy/cli/main.py", "import numba", "numba is not declared"),
        (dependencies, "tests/conftest.py", "import click.testing", "click is not declared"),
        (dependencies, "tests/conftest.py", "import nowhere", "nowhere is not declared"),
        (dependencies, "deploy/cli/main.py", "from typer._click import Command", "is private"),
        (dependencies, "shared/web/forms.py", "import_module('scipy.sparse')", "scipy is not"),
        (
            patching,
            TEST,
            f"from shared.service import tasks\n{PATCH}(tasks, 'A', 1)",
            "tasks is ours",
        ),
        (patching, TEST, f"import deploy.cli.bench\n{PATCH}(deploy.cli, 'A', 1)", "is ours"),
        (
            patching,
            TEST,
            f"{PATCH}('deploy.cli.bench_matching.run_bench', 1)",
            "bench_matching.run_bench is ours",
        ),
        (patching, TEST, f"{PATCH}(s.runtime, 'clock', 1)", "s.runtime is ours"),
        (patching, TEST, "mock.patch('services.matching.service.SERVICE')", "SERVICE is ours"),
        (patching, TEST, "from shared.service.clock import A\nA.now = 1", "A.now is ours"),
        (patching, TEST, "from shared.service.clock import A\nsetattr(A, 'now', 1)", "A is ours"),
        (wording, HANDLERS, "class ParcelDesk: ...", "ParcelDesk: desk is a figure of speech"),
        (wording, HANDLERS, "def count(ladder): ...", "ladder: ladder is a figure of speech"),
        (wording, DOMAIN, "def _written(x): ...", "_written: a function is a verb with its object"),
        (wording, DOMAIN, "async def left_open(): ...", "left_open: a function is a verb"),
        (wording, DOMAIN, "print(*(1, 2), *range(3))", "arguments are written out"),
        (wording, TEST, "def test_it() -> None:\n    print(*[1, 2])", "arguments are written out"),
        (wording, DOMAIN, "FIELDS = ('a', *('b', 'c'))", "elements are written out"),
        (wording, TEST, "def test_the_parcel() -> None: ...", "parcel is a figure of speech"),
        (wording, TEST, "async def sent(x): ...", "sent: a function is a verb with its object"),
        (wording, TEST, "told = 1", "told: does not say what it holds"),
        (wording, HANDLERS, "def answer(said): ...", "said: does not say what it holds"),
        (digits, HANDLERS, "X = '²'.isdigit()", "more digits than 0 to 9"),
        (digits, HANDLERS, r"import re; X = re.compile(r'\d{4}')", "more digits than 0 to 9"),
        (references, HANDLERS, '"""As the plan says (plan.md)."""', "there is no plan.md"),
        (sql, HANDLERS, 'Q = "SELECT id FROM requests WHERE id = $1"', "SQL outside a store"),
        (sql, HANDLERS, 'Q = f"""\n  update {"pairs"} set place = 1"""', "SQL outside a store"),
        (
            sql,
            "services/followup/entrypoints/pages/new.py",
            'Q = "delete from pairs"',
            "SQL outside a store",
        ),
        (sql, "shared/web/signed_links.py", 'Q = "INSERT INTO links" " VALUES (1)"', "SQL outside"),
        (sql, DOMAIN, 'Q = "WITH old AS (SELECT 1) SELECT * FROM old"', "SQL outside a store"),
        (purity, DOMAIN, "import datetime\nX = datetime.datetime.now()", "asks no clock (now)"),
        (purity, DOMAIN, "from datetime import date as d\nX = d.today()", "asks no clock (today)"),
        (purity, DOMAIN, "from time import time\nX = time()", "asks no clock (time)"),
        (purity, DOMAIN, "from uuid import uuid4\nX = uuid4()", "makes no ids (uuid4)"),
        (purity, DOMAIN, "from random import choice", "from outside (random)"),
        (purity, DOMAIN, "from numpy import random", "from outside (numpy.random)"),
        (purity, HANDLERS, "from datetime import datetime\nX = datetime.now()", "is tx.now"),
        (privacy, HANDLERS, 'log.info("a.b", email="x")', "names a personal field (email)"),
        (privacy, HANDLERS, 'log.info("a.b", reason=row["phone"])', "personal field (phone)"),
        (privacy, HANDLERS, 'log.bind(x=1).error(f"{person.last_name}")', "field (last_name)"),
        (privacy, HANDLERS, 'structlog.get_logger().warning("a", x=birth)', "field (birth)"),
        (privacy, HANDLERS, 'logging.error("a %s", guardian_email)', "field (guardian_email)"),
        (privacy, HANDLERS, "print(1)", "print passes by the redaction"),
        (
            privacy,
            HANDLERS,
            'try:\n    pass\nexcept ValueError as e:\n    log.error("a.b", reason=str(e))',
            "quotes an error",
        ),
    ],
)
def test_what_is_planted_is_named(
    tmp_path: Path, potted: Plant, rule: ModuleType, path: str, code: str, sentence: str
) -> None:
    potted(path, code)
    found = list(rule.violations(tmp_path))
    assert any(one.startswith(f"{path}:") and sentence in one for one in found), found


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (sql, "services/matching/store/new.py", 'Q = "SELECT id FROM requests"'),
        (sql, HANDLERS, 'def choose():\n    """Select one from the list."""'),
        (sql, HANDLERS, 'X = "Update your settings, then set them again"'),
        (reasons, HANDLERS, "import os  # noqa: F401, E501 - it is looked for"),
        (reasons, HANDLERS, "X: int = ''  # type: ignore[assignment]  # a stand-in"),
        (purity, DOMAIN, "def age(now):\n    return now.year"),
        (privacy, HANDLERS, 'log.info("mail.sent", channel="mail", count=1)'),
        (privacy, HANDLERS, 'mailbox.info("not a logger", email="x")'),
        (patching, TEST, f"import time\n{PATCH}(time, 'time', 1)"),
        (patching, TEST, f"{PATCH}('time.time', 1)"),
        (patching, TEST, "def test(monkeypatch): monkeypatch.setenv('BINOME_X', '1')"),
        (wording, TEST, "import pytest\n@pytest.fixture\ndef opened(): ..."),
        (wording, TEST, "X = (1, *range(3), *[n for n in (4, 5)])"),
        (patching, TEST, "async def test(client): await client.patch('/shared.x')"),
    ],
)
def test_what_is_allowed_is_let_pass(
    tmp_path: Path, potted: Plant, rule: ModuleType, path: str, code: str
) -> None:
    potted(path, code)
    assert list(rule.violations(tmp_path)) == []


def test_an_exception_that_is_needed_no_more_is_named(tmp_path: Path) -> None:
    for file in patching.EXCEPTIONS:
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).touch()
    excepted = [target for targets in patching.EXCEPTIONS.values() for target in targets]
    found = list(patching.violations(tmp_path))
    assert len(found) == len(excepted) > 0
    assert all("is patched no more" in sentence for sentence in found)


def test_an_event_that_no_service_declares_is_named(clean_copy: Path, plant: Plant) -> None:
    plant(HANDLERS, "X = AlertRaised(alert_id=1)")
    found = list(events.violations(clean_copy))
    assert len(found) == 1
    assert found[0].startswith(f"{HANDLERS}:")
    assert "publishes alert.raised, which is not declared" in found[0]


def test_a_lost_golden_message_is_named(clean_copy: Path) -> None:
    file = clean_copy / "shared/contracts/samples/pair.proposed.v1.json"
    aside = file.rename(file.with_suffix(".aside"))
    found = list(events.violations(clean_copy))
    aside.rename(file)
    assert found == ["shared/contracts/samples: no golden message of pair.proposed"]


def test_an_optional_field_that_nobody_sets_is_named(clean_copy: Path) -> None:
    file = clean_copy / "services/notification/use_cases/record_result.py"
    text = file.read_text()
    assert "association=responsible_association(message)," in text
    file.write_text(text.replace("association=responsible_association(message),", ""))
    found = list(fields.violations(clean_copy))
    file.write_text(text)
    assert found == ["shared/contracts/events: nobody sets association of message.failed"]


def test_a_service_that_forgets_owners_or_asks_for_a_strange_timer_is_named() -> None:
    matching = next(one for one in installed_services() if one.name == "matching")
    forgetful = replace(matching, unowned={})
    assert len(list(owners.of_service(forgetful))) == 1
    timers = {kind: fired for kind, fired in matching.timers.items() if kind != "close_proposition"}
    (named,) = owners.of_service(replace(matching, timers=timers))
    assert "close_proposition" in named


def test_a_queue_that_the_broker_does_not_know_is_named(clean_copy: Path) -> None:
    file = clean_copy / "deploy/rabbitmq/definitions.json"
    text = file.read_text()
    data = json.loads(text)
    data["queues"] = [x for x in data["queues"] if x["name"] != "followup.pair.introduced"]
    file.write_text(json.dumps(data))
    found = list(events.violations(clean_copy))
    file.write_text(text)
    assert len(found) == 1
    assert "no queue followup.pair.introduced" in found[0]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "max by (job) (binome_notification_outstanding_items",
            "max(binome_dreams",
            "binome_dreams",
        ),
        ("binome_[a-z]+_oldest_letter_seconds", "binome_[a-z]+_old", "measures binome_[a-z]+_old"),
        (
            'queue=~".+\\\\.parked"',
            'queue=~".+\\\\.park"',
            "is parked of registration.message.sent",
        ),
        (
            '(parked|retry\\\\.[0-9]+s|refused)"} == 0',
            'matching.+|(parked|refused)"} == 0',
            None,
        ),
    ],
)
def test_an_alert_that_reads_what_nobody_measures_is_named(
    clean_copy: Path, old: str, new: str, sentence: str | None
) -> None:
    file = clean_copy / ALERTS
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    found = list(measurements.violations(clean_copy))
    file.write_text(text)
    assert any(sentence in one for one in found) if sentence else found == []


@pytest.mark.parametrize(
    ("expression", "metrics"),
    [
        ('rate(a_total{b="c", d=~"e|f"}[5m]) / on (job) group_left (x) g:h', {"a_total", "g:h"}),
        ('sum by (job, le) ({__name__=~"binome_[a-z]+_x"}) > 1.5', {"binome_[a-z]+_x"}),
        ('max_over_time(a{q=~".+\\\\.(b|c)}"}[5m] offset 15m) unless up == 1', {"a", "up"}),
        (
            "histogram_quantile(0.95, sum without (x) (rate(y_bucket[$__rate_interval])))",
            {"y_bucket"},
        ),
    ],
)
def test_the_metrics_of_an_expression_are_found(expression: str, metrics: set[str]) -> None:
    assert read_by(expression) == metrics


@pytest.mark.slow
def test_the_command_passes_an_innocent_tree(
    clean_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (main(clean_copy), capsys.readouterr().out) == (0, "")


@pytest.mark.slow
def test_the_command_fails_on_sql_and_on_a_clock(
    clean_copy: Path, plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(HANDLERS, 'Q = "DELETE FROM pairs"')
    plant(DOMAIN, "from datetime import datetime\nX = datetime.now()")
    assert main(clean_copy) == 1
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in printed] == [HANDLERS, DOMAIN]


def _judge(root: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which imports what stands in that tree."""
    command = [sys.executable, "-m", "tests.architecture"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_new_event_needs_a_publisher_a_subscriber_and_a_golden_message(
    clean_copy: Path, plant: Plant
) -> None:
    plant(
        "shared/contracts/events/matching.py",
        "class PairDreamt(PairProposed):\n    topic: ClassVar[str] = 'pair.dreamt'",
    )
    judged = _judge(clean_copy)
    assert judged.returncode == 1, judged.stderr
    assert judged.stdout.splitlines() == [
        "shared/contracts/events: nobody publishes pair.dreamt",
        "shared/contracts/events: nobody subscribes to pair.dreamt",
        "shared/contracts/samples: no golden message of pair.dreamt",
    ]


@pytest.mark.parametrize(
    ("message", "good"), [("x" * 72 + "\n\n" + "y" * 90, True), ("x" * 73, False)]
)
def test_a_commit_subject_is_short(message: str, good: bool) -> None:
    assert (fault_of(message) is None) == good
