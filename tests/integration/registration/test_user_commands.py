"""`binome user` and `binome sessions`, as an operator types them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.main import app
from services.registration.store import Users
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import SessionEnded, SignInAsked
from tests.integration.registration.conftest import path_of
from tests.support.service_harness import ServiceHarness

Command = Callable[..., Awaitable[Result]]
NAME = "camille@pas_a_pas"


@pytest.fixture
def binome(s: ServiceHarness) -> Command:
    async def run(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))

    return run


async def enter(s: ServiceHarness) -> None:
    """The invited person opens the link that they were mailed."""
    (asked,) = [event for event in await s.take_events() if isinstance(event, SignInAsked)]
    async with s.runtime.begin() as tx:
        assert asked.user_id is not None
        address = await Users(tx.connection, vault()).address_of(asked.user_id)
    assert address == "camille@exemple.fr"
    answer = await s.client.post(path_of(s, "signin", asked.signin_id))
    assert answer.status_code == 303


async def test_somebody_is_invited_comes_in_and_is_signed_out(
    s: ServiceHarness, binome: Command
) -> None:
    s.clock.set(s.clock.now().replace(year=2099))  # the command has the real time
    invited = await binome("user", "invite", NAME, "camille@exemple.fr")
    assert invited.exit_code == 0, invited.output
    assert "exemple.fr" not in invited.output
    await s.pool.execute("UPDATE links SET expires_at = 'infinity'")
    await enter(s)
    assert (await s.client.get("/associations")).status_code == 200
    assert NAME in (await binome("sessions", "list")).output
    await s.take_events()
    ended = await binome("sessions", "end", NAME)
    assert "1 session" in ended.output
    assert [type(event) for event in await s.take_events()] == [SessionEnded]
    assert (await s.client.get("/associations")).status_code == 303
    assert NAME not in (await binome("sessions", "list")).output


async def test_several_are_invited_at_once_or_nobody(s: ServiceHarness, binome: Command) -> None:
    two = ("a@pas_a_pas", "a@exemple.fr", "b@pas_a_pas", "b@exemple.fr")
    assert (await binome("user", "invite", *two)).exit_code == 0
    assert (await binome("user", "list")).output.split() == ["a@pas_a_pas", "b@pas_a_pas"]
    again = await binome("user", "invite", "c@pas_a_pas", "c@exemple.fr", *two[:2])
    assert again.exit_code != 0
    assert "déjà invité" in str(again.exception)
    assert len((await binome("user", "list")).output.split()) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("camille@nowhere", "camille@exemple.fr"),
        ("Camille L@pas_a_pas", "camille@exemple.fr"),
        (NAME, "no address"),
        (NAME,),
    ],
)
async def test_what_is_wrong_is_named(
    s: ServiceHarness, binome: Command, arguments: tuple[str, ...]
) -> None:
    done = await binome("user", "invite", *arguments)
    assert done.exit_code != 0
    assert type(done.exception).__name__ == "UserError"
    assert await s.pool.fetchval("SELECT count(*) FROM users") == 0


async def test_who_leaves_is_forgotten(s: ServiceHarness, binome: Command) -> None:
    await binome("user", "invite", NAME, "camille@exemple.fr")
    assert (await binome("user", "remove", NAME)).exit_code == 0
    assert await s.pool.fetchval("SELECT count(*) FROM users") == 0
    assert (await binome("sessions", "end", NAME)).exit_code != 0
