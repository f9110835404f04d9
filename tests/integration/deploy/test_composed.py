"""The accounts of the composed stack: each opens what is its own on real servers, and no other."""

from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from aiormq.exceptions import AMQPConnectionError, ChannelAccessRefused

from deploy.services import names
from shared.messaging.connection import open_connection
from tests.integration.deploy.conftest import Composed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("composed")]

each_service = pytest.mark.parametrize("name", names())


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))


@each_service
async def test_a_service_enters_its_own_database_and_no_other(
    composed: Composed, name: str
) -> None:
    url = composed.environment(name)["BINOME_DATABASE_URL"]
    connection = await asyncpg.connect(url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE mine (id int)")
    assert not await connection.fetchval(
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    await connection.close()
    for other in set(names()) - {name}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(_with_path(url, f"/binome_{other}"))


@each_service
async def test_a_service_enters_the_broker_and_declares_nothing(
    composed: Composed, name: str
) -> None:
    url = composed.environment(name)["BINOME_AMQP_URL"]
    async with await open_connection(url) as connection:
        with pytest.raises(ChannelAccessRefused):
            await (await connection.channel()).declare_queue(f"{name}.unknown")


async def test_nobody_enters_without_the_password(composed: Composed) -> None:
    url = urlsplit(composed.environment("matching")["BINOME_AMQP_URL"])
    for name, password in (("guest", "guest"), ("binome-matching", "binome")):
        guess = urlunsplit(url._replace(netloc=f"{name}:{password}@127.0.0.1:{url.port}"))
        with pytest.raises((AMQPConnectionError, ConnectionError)):
            await open_connection(guess)
