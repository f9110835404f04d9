"""A pair whose association left the file is followed up; the network's head owns it."""

from services.followup.use_cases.hand_on_cases import hand_on
from shared.contracts.events import AlertRaised, CheckInAsked, PairIntroduced
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.messaging.envelope import read_event
from tests.integration.followup.pair import Pair, introduction
from tests.integration.owners import count_unowned
from tests.support.service_harness import ServiceHarness

CLOSED = "closed_club"


def pair_introduced() -> PairIntroduced:
    """As it comes over the wire from a time when that association was there."""
    body = introduction().model_copy(update={"association": CLOSED}).model_dump_json().encode()
    event = read_event(PairIntroduced, body)
    assert isinstance(event, PairIntroduced)
    return event


async def test_a_pair_of_a_closed_association_is_asked_and_the_head_is_called(
    followup: ServiceHarness,
) -> None:
    pair, beside = Pair(followup, pair_introduced()), introduction()
    await followup.handle(pair.event)
    await followup.handle(beside)
    await pair.days(22)
    assert {ask.pair_id for ask in pair.all(CheckInAsked)} == {pair.event.pair_id, beside.pair_id}
    alerts = {alert.pair_id: alert.association for alert in pair.all(AlertRaised)}
    assert alerts[pair.event.pair_id] == NETWORK_HEAD
    assert alerts[beside.pair_id] == beside.association


async def test_handed_on_it_belongs_to_the_head(followup: ServiceHarness) -> None:
    event = pair_introduced()
    await followup.handle(event)
    await hand_on(followup.runtime)
    owner = await followup.pool.fetchval("SELECT association FROM engagements")
    assert owner == NETWORK_HEAD
    assert await count_unowned(followup) == {}
