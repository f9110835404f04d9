"""From the form of a young person to the mail that thanks them: the files that it crosses."""

import asyncio
import re

import httpx
import pytest
from fastapi import FastAPI

from tests.architecture.executed_files import Calls, calls_while_idle, observe_calls
from tests.integration.notification.mail_server import MailServer
from tests.support.waiting import PATIENCE
from tests.unit.registration.people import form_of, young

MOST_FILES = 107
"""Raised once, for statements over sets (decision 0052). 30 is aimed at, by fewer hops and not by
longer files."""
BESIDE = ("services/matching/", "services/followup/")
"""They hear of the request at the same moment, and have no part in the mail."""
SETTLE_SECONDS = 5
IDLE_SECONDS = 12
HTML = {"accept": "text/html"}


async def _register(app: FastAPI, name: str, mails: MailServer) -> Calls:
    """Fill in the form, send it, and wait until the mail of thanks is there. What is called until
    then."""
    mail = f"{name.lower()}@exemple.fr"
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        page = await client.get("/inscription/jeune", headers=HTML)
        answers = form_of(young(email=mail, last_name=name)) | {"form_key": _form_key(page.text)}
        with observe_calls() as calls:
            answer = await client.post("/inscription/jeune", data=answers, headers=HTML)
            assert answer.status_code == 303
            async with asyncio.timeout(PATIENCE):
                while not mails.to(mail):
                    await asyncio.sleep(0.02)
    return calls


@pytest.mark.slow
async def test_an_event_is_followed_through_few_files(
    running: dict[str, FastAPI], mail_server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    app = running["registration"]
    await _register(app, "Beaulieu", mail_server)
    await asyncio.sleep(SETTLE_SECONDS)  # what comes after the first mail
    idle = await calls_while_idle(IDLE_SECONDS)
    calls = await _register(app, "Delorme", mail_server)
    files = [path for path in calls.files(but=idle) if not path.startswith(BESIDE)]
    with capsys.disabled():
        print(f"files from form to mail: {len(files)}", *files, sep="\n  ")
    assert "services/notification/gateways/mail.py" in files
    assert len(files) <= MOST_FILES


def _form_key(page: str) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', page)
    assert found, "the form has no key"
    return found[1]
