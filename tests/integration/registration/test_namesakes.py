"""Two people of one association with one name and birth date: it chooses which of them it means."""

import re

import pytest

from services.registration.domain.pseudonym import pseudonym
from shared.contracts.events import ContactChanged, MenteeRegistered
from tests.integration.registration.conftest import sign_in
from tests.integration.registration.contact_change import NEW, loss_form
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, young

PAGE = "/associations/contact"


@pytest.fixture
async def namesakes(s: ServiceHarness) -> list[MenteeRegistered]:
    """Two requests of one name, both with the association that is signed in."""
    for person in (young(), young(email="une.autre@exemple.fr")):
        await s.client.post("/inscription/jeune", data=form_of(person))
    registered = [one for one in await s.take_events() if isinstance(one, MenteeRegistered)]
    await sign_in(s, "tandem_avenir")
    await s.take_events()
    return registered


async def take_changes(s: ServiceHarness) -> list[ContactChanged]:
    return [one for one in await s.take_events() if isinstance(one, ContactChanged)]


@pytest.mark.parametrize("which", [0, 1])
async def test_the_association_chooses_by_the_code_name(
    s: ServiceHarness, namesakes: list[MenteeRegistered], which: int
) -> None:
    meant = namesakes[which]
    asked = loss_form(await s.client.get(PAGE))
    several = await s.client.post(PAGE, data=asked)
    assert several.status_code == 422
    assert await take_changes(s) == []
    shown = set(re.findall(r'name="which" value="([0-9a-f-]{36})"', several.text))
    assert shown == {str(one.request_id) for one in namesakes}
    assert pseudonym(meant.request_id) in several.text
    done = await s.client.post(PAGE, data=asked | {"which": str(meant.request_id)})
    assert done.status_code == 200
    (change,) = await take_changes(s)
    assert change.person_id == meant.mentee_id
    query = "SELECT count(*) FROM ledger WHERE person_id = $1 AND reason = 'contact_lost'"
    assert await s.pool.fetchval(query, namesakes[1 - which].mentee_id) > 0, "seen as well"


@pytest.mark.parametrize("which", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
async def test_nobody_is_meant_by_anything_else(
    s: ServiceHarness, namesakes: list[MenteeRegistered], which: str
) -> None:
    asked = loss_form(await s.client.get(PAGE)) | {"which": which}
    assert (await s.client.post(PAGE, data=asked)).status_code == 422
    assert await take_changes(s) == []
    assert NEW not in str(await s.pool.fetch("SELECT * FROM contact_changes"))


async def test_an_association_chooses_none_of_anothers(
    s: ServiceHarness, namesakes: list[MenteeRegistered]
) -> None:
    await sign_in(s, "pas_a_pas")
    asked = loss_form(await s.client.get(PAGE)) | {"which": str(namesakes[0].request_id)}
    refused = await s.client.post(PAGE, data=asked)
    assert refused.status_code == 422
    assert 'name="which"' not in refused.text
    assert await take_changes(s) == []
