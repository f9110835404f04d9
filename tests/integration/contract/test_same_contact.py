"""Two who are introduced come to be reached at one address: registration's event becomes an
alert."""

import pytest

from shared.contracts.events import AlertRaised, PairUndone, PersonKeptApart
from tests.integration.contract.network import Network
from tests.integration.contract.scenarios import MENTOR, pair, post
from tests.integration.registration.conftest import path_of
from tests.unit.registration.people import young


@pytest.mark.parametrize("side", ["mentee", "mentor"])
async def test_an_introduced_pair_whose_contacts_coincide(network: Network, side: str) -> None:
    mentor, mentee = await pair(network)
    subject = mentee.request_id if side == "mentee" else mentor.mentor_id
    other = MENTOR["email"] if side == "mentee" else young()["email"]
    path = path_of(network.harnesses["registration"], "request", subject)
    await post(network, "registration", path + "/contact", email=other)
    assert [event.side for event in network.all(PersonKeptApart)] == [side]
    assert network.all(PairUndone) == [], "who is introduced goes on until somebody has looked"
    (alert,) = network.all(AlertRaised)
    assert (alert.reason, alert.association) == ("same_contact", "tandem_avenir")
