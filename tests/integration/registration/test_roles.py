"""Roles that must be two people are two people, from every source."""

import pytest

from services.registration.use_cases.sign_in import invite_user
from shared.contracts.events import MentorRegistered, RequestConfirmed
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

CHILD = {"kind": "mentee", **young(born="2013-06-02", guardian_first_name="Claude")}
OWN = young()["email"]


@pytest.mark.parametrize("address", [OWN, OWN.upper(), OWN.replace("@", "+maman@")])
async def test_a_childs_own_mailbox_is_no_guardians(
    s: ServiceHarness, partner: str, address: str
) -> None:
    answer = await register(s, CHILD | {"guardian_email": address})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["code"]) == ("guardian_email", "same_as_child")
    person = {k: v for k, v in CHILD.items() if k != "kind"} | {"guardian_email": address}
    page = await s.client.post("/inscription/jeune", data=form_of(person))
    assert page.status_code == 422
    assert 'href="#guardian_email"' in page.text
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0
    assert await s.take_events() == []


async def test_a_coordinators_mailbox_is_nobody_of_a_pair(s: ServiceHarness, partner: str) -> None:
    coordinator = ASSOCIATIONS["tandem_avenir"].coordinator
    for person, field in (
        ({"kind": "mentor", **volunteer(email=coordinator)}, "email"),
        ({"kind": "mentee", **young(email=coordinator.upper())}, "email"),
        (CHILD | {"guardian_email": coordinator}, "guardian_email"),
    ):
        answer = await register(s, person)
        assert answer.status_code == 422
        (fault,) = answer.json()["errors"]
        assert (fault["field"], fault["code"]) == (field, "of_an_association")


@pytest.mark.parametrize("first", ["mentor", "request"])
async def test_who_watches_over_a_pair_is_not_one_of_the_two(
    s: ServiceHarness, partner: str, first: str
) -> None:
    own = volunteer()["email"]
    async with s.runtime.begin() as tx:
        await invite_user("gaspard", "tandem_avenir", own.upper(), tx)
        await invite_user("maud", "pas_a_pas", "maud@exemple.fr", tx)
    bodies = [{"kind": "mentor", **volunteer()}, {"kind": "mentee", **young()}]
    for body in bodies if first == "mentor" else reversed(bodies):
        assert (await register(s, body)).status_code == 202
    events = await s.take_events()
    (mentor,) = [event for event in events if isinstance(event, MentorRegistered)]
    (request,) = [event for event in events if isinstance(event, RequestConfirmed)]
    assert request.association == "tandem_avenir"
    if first == "mentor":
        assert request.apart_from == (mentor.mentor_id,)
    else:
        assert mentor.apart_from == (request.mentee_id,)
