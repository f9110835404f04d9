"""`binome partner`: a key shown once, a queue for refusals, the rights to give."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.main import app
from deploy.devstack.servers import Servers
from shared.messaging.connection import open_connection
from shared.service.user_error import UserError
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young

RunPartner = Callable[..., Awaitable[Result]]


@pytest.fixture
def run(s: ServiceHarness, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> RunPartner:
    monkeypatch.setenv("BINOME_AMQP_URL", servers.amqp_url)

    async def partner(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["partner", *arguments])

    return partner


def key_in(output: str) -> str:
    found = re.search(r"bnm_[A-Za-z0-9_-]{43}", output)
    assert found
    return found[0]


async def test_a_partner_gets_a_key_that_works_and_a_queue(
    s: ServiceHarness, run: RunPartner, servers: Servers
) -> None:
    done = await run("add", "mission-locale")
    assert done.exit_code == 0, done.output
    key = key_in(done.output)
    assert (await register(s, {"kind": "mentee", **young()}, key=key)).status_code == 202
    assert key not in str(await s.pool.fetch("SELECT * FROM partners"))
    async with await open_connection(servers.amqp_url) as link, link.channel() as channel:
        queue = await channel.declare_queue("partner.mission-locale.refused", passive=True)
        assert queue.declaration_result.message_count == 0
    assert r"^partner\.mission\-locale\.(mentee|mentor)\.registered$" in done.output
    assert (await run("list")).output.split() == ["mission-locale"]


async def test_a_new_key_makes_the_old_one_worthless(s: ServiceHarness, run: RunPartner) -> None:
    old = key_in((await run("add", "ecole")).output)
    new = key_in((await run("key", "ecole")).output)
    assert (await register(s, {"kind": "mentee", **young()}, key=old)).status_code == 401
    assert (await register(s, {"kind": "mentee", **young()}, key=new)).status_code == 202


@pytest.mark.parametrize("name", ["É", "a", "a b", "x" * 40, "-a", "a.b", "a*"])
async def test_other_names_are_refused(run: RunPartner, name: str) -> None:
    done = await run("add", "--", name)
    assert isinstance(done.exception, UserError)


async def test_a_name_twice_and_a_name_unknown(run: RunPartner) -> None:
    await run("add", "ecole")
    assert isinstance((await run("add", "ecole")).exception, UserError)
    assert isinstance((await run("key", "inconnu")).exception, UserError)
