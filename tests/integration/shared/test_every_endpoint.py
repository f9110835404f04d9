"""Every page and API address of every service, asked with values that no one would mean.

Whatever stands in a path, a query, a form or a cookie, the answer is a page or a refusal; nothing
fails (the client raises what a service does not catch).
"""

from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute

from deploy.services import installed_services
from shared.service.definition import Service
from tests.support.service_harness import HarnessFactory, ServiceHarness

EVIL = ("²", "a\x00b", "9" * 5000, "9999-12-31T23:30Z")
NAMES = (
    "page",
    "limit",
    "lang",
    "to",
    "template",
    "campagne",
    "entreprise",
    "csrf",
    "email",
    "why",
    "born_day",
    "born_month",
    "born_year",
    "since",
    "department",
    "phone",
    "answer",
    "first_name",
    "last_name",
    "consent",
    "capacity",
    "languages",
    "slots",
    "decision",
    "note",
)


@pytest.fixture(params=installed_services(), ids=lambda service: service.name)
async def opened(
    request: pytest.FixtureRequest,
    make_harness: HarnessFactory,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> ServiceHarness:
    service: Service = request.param
    for name, value in {
        "SMTP_URL": "smtp://127.0.0.1:1",
        "SMS_PROVIDER": "local",
        "MAILBOX_DIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"BINOME_{name}", value)
    made: ServiceHarness = await make_harness(service)
    return made


def addresses(service: Service, value: str) -> list[tuple[str, str]]:
    """Method and path of every route, with this value in every place of the path."""
    routes = [route for router in service.routers for route in router.routes]
    found = []
    for route in routes:
        if isinstance(route, APIRoute):
            names = [part.split(":")[0] for part in route.param_convertors]
            filled = {name: quote(value, safe="") for name in names}
            methods = sorted(route.methods or ())
            found += [(method, route.path.format(**filled)) for method in methods]
    return found


@pytest.mark.parametrize("value", EVIL, ids=[value.encode().hex()[:12] for value in EVIL])
async def test_no_value_makes_an_endpoint_fail(opened: ServiceHarness, value: str) -> None:
    everything = dict.fromkeys(NAMES, value)
    query = dict.fromkeys(NAMES if len(value) < 100 else ("page", "limit"), value)
    headers = {
        b"accept": b"text/html",
        b"accept-language": "²;q=٣".encode(),
        b"authorization": b"Bearer \xff",
    }
    opened.client.cookies.set("binome_session", quote(value, safe=""))
    for method, path in addresses(opened.service, value):
        form = everything if method == "POST" and not path.startswith("/api/") else None
        content = value.encode() if path.startswith("/api/") else None
        answer = await opened.client.request(
            method, path, params=query, data=form, content=content, headers=headers
        )
        assert answer.status_code < 500, (method, path[:80])
