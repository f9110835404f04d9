"""A mentor whose birth date is corrected to 16: what registration states is what matching and
follow-up do."""

from shared.contracts.events import (
    AlertRaised,
    HoldLifted,
    HoldPlaced,
    MentorRegistered,
    PairConfirmed,
    PairPaused,
    PairResumed,
)
from tests.integration.contract.network import Network
from tests.integration.contract.scenarios import MENTOR, OURS, PARENT, come, pair, post, sign_in
from tests.integration.registration.conftest import csrf, path_of
from tests.unit.registration.people import young


async def is_16_after_all(network: Network, mentor: MentorRegistered) -> None:
    path = path_of(network.harnesses["registration"], "request", mentor.mentor_id)
    born = {"born_day": "3", "born_month": "5", "born_year": "2009"}
    await post(network, "registration", path + "/naissance", **born)


async def settle_guardian(network: Network, mentor: MentorRegistered) -> None:
    await sign_in(network, OURS)
    path = f"/associations/mentors/{mentor.mentor_id}"
    page = (await network.harnesses["registration"].client.get(path)).text
    await post(network, "registration", path + "/parent", csrf=csrf(page), how="call")


async def test_meets_nobody_before_the_guardian_is_seen_to(network: Network) -> None:
    mentor = await come(network, **MENTOR | {"cleared": "2027-01-01"})
    await is_16_after_all(network, mentor)
    await come(network, **{"kind": "mentee", **young(born="2008-06-17", **PARENT)})
    await network.days(2)
    assert len(network.all(HoldPlaced)) == 1
    assert network.all(PairConfirmed) == []
    await settle_guardian(network, mentor)
    await network.days(2)
    assert len(network.all(HoldLifted)) == 1
    assert [event.mentor_id for event in network.all(PairConfirmed)] == [mentor.mentor_id]


async def test_a_running_pair_is_paused_until_then_and_its_association_called(
    network: Network,
) -> None:
    mentor, _ = await pair(network, born="2008-06-17", **PARENT)
    await is_16_after_all(network, mentor)
    assert [event.reason for event in network.all(PairPaused)] == ["guardian_first"]
    assert [event.reason for event in network.all(AlertRaised)] == ["guardian_first"]
    assert network.all(PairResumed) == []
    await settle_guardian(network, mentor)
    assert len(network.all(PairResumed)) == 1


async def test_with_an_adult_the_pair_is_paused_also_once_the_guardian_is_seen_to(
    network: Network,
) -> None:
    """A mentor under 18 meets minors only: the gate judges pairs that run, too."""
    mentor, _ = await pair(network, born="2006-05-17")
    await is_16_after_all(network, mentor)
    await settle_guardian(network, mentor)
    assert len(network.all(PairPaused)) == 1
    assert network.all(PairResumed) == []
