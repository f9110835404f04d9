"""Nothing of a person is readable outside the vault."""

import json

import pytest

from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

SECRETS = (
    "Inès",
    "Marchandeau",
    "ines.marchandeau",
    "39980001",
    "2009-05-17",
    "17/05/2009",
    "Gaspard",
    "Lenormand",
    "1985-11-02",
    "Maud",
    "maud@",
)


async def everything(s: ServiceHarness) -> str:
    """Every row of every table as text."""
    names = await s.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = []
    for name in names:
        found = await s.pool.fetch(f'SELECT t::text AS row FROM "{name["tablename"]}" t')
        rows += [row["row"] for row in found]
    return "\n".join(rows)


async def test_no_column_and_no_event_holds_a_person(
    s: ServiceHarness, partner: str, capsys: pytest.CaptureFixture[str]
) -> None:
    child = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}
    person = young(phone="06 39 98 00 01") | child
    await s.client.post("/inscription/jeune", data=form_of(person))
    await s.client.post("/inscription/jeune", data=form_of(person))
    await register(s, {"kind": "mentor", **volunteer()})
    await register(s, {"kind": "mentee", **person})
    await s.deliver("partner.lycees.mentee.registered", json.dumps(person).encode())
    await s.deliver("partner.lycees.mentee.registered", json.dumps(person | {"born": 1}).encode())
    text = await everything(s)
    logged = "".join(capsys.readouterr())
    for secret in SECRETS:
        assert secret not in text
        assert secret not in logged
        assert secret.encode().hex() not in text
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 5


async def test_no_token_is_stored(s: ServiceHarness, partner: str) -> None:
    answer = await register(s, {"kind": "mentee", **young()}, **{"Idempotency-Key": "secret-key-1"})
    token = answer.json()["tracking_url"].rsplit("/", 1)[1]
    text = await everything(s)
    assert token not in text
    assert "secret-key-1" not in text
