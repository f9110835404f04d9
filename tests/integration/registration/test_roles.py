"""Roles that must be two people are two people, at every door."""

import pytest

from shared.contracts.vocabulary.associations import ASSOCIATIONS
from tests.integration.registration.conftest import register
from tests.unit.registration.people import posted, volunteer, young

CHILD = {"kind": "mentee", **young(born="2013-06-02", guardian_first_name="Claude")}
OWN = young()["email"]


@pytest.mark.parametrize("address", [OWN, OWN.upper(), OWN.replace("@", "+maman@")])
async def test_a_childs_own_mailbox_is_no_guardians(s, partner, address):
    answer = await register(s, CHILD | {"guardian_email": address})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["code"]) == ("guardian_email", "same_as_child")
    told = {k: v for k, v in CHILD.items() if k != "kind"} | {"guardian_email": address}
    page = await s.client.post("/inscription/jeune", data=posted(told))
    assert page.status_code == 422
    assert 'href="#guardian_email"' in page.text
    assert await s.pool.fetchval("SELECT count(*) FROM persons") == 0
    assert await s.emitted() == []


async def test_a_coordinators_mailbox_is_nobody_of_a_pair(s, partner):
    coordinator = ASSOCIATIONS["tandem_avenir"].coordinator
    for told, field in (
        ({"kind": "mentor", **volunteer(email=coordinator)}, "email"),
        ({"kind": "mentee", **young(email=coordinator.upper())}, "email"),
        (CHILD | {"guardian_email": coordinator}, "guardian_email"),
    ):
        answer = await register(s, told)
        assert answer.status_code == 422
        (fault,) = answer.json()["errors"]
        assert (fault["field"], fault["code"]) == (field, "of_an_association")
