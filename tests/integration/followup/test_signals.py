"""Every "not well" is published, dated and counted, with the side that answered."""

from uuid import uuid4

from services.followup.use_cases.hand_on_cases import hand_on
from shared.contracts.events import AlertRaised, MessageFailed
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from tests.integration.followup.pair import Pair
from tests.integration.owners import count_unowned
from tests.support.service_harness import ServiceHarness


async def trouble(pair: Pair) -> list[AlertRaised]:
    return [one for one in pair.all(AlertRaised) if one.reason == "not_going_well"]


async def test_an_open_alert_swallows_no_later_one(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "not_well")
    await pair.days(30)
    await pair.answer("month_2", "mentor", "not_well")
    alerts = await trouble(pair)
    assert [(one.signal, one.side) for one in alerts] == [(1, "mentee"), (2, "mentor")]
    assert len({one.alert_id for one in alerts}) == 1
    rows = await pair.harness.pool.fetch(
        "SELECT number, side, at, signals FROM alert_signals JOIN alerts USING (alert_id)"
        " WHERE reason = 'not_going_well' ORDER BY number"
    )
    assert [(row["number"], row["side"]) for row in rows] == [(1, "mentee"), (2, "mentor")]
    assert rows[0]["at"] < rows[1]["at"]
    assert rows[0]["signals"] == 2


async def test_after_it_was_handled_a_new_one_begins(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "not_well")
    await pair.harness.pool.execute("UPDATE alerts SET handled_at = now()")
    await pair.days(30)
    await pair.answer("month_2", "mentee", "not_well")
    assert [one.signal for one in await trouble(pair)] == [1, 1]


async def test_an_alert_without_owner_goes_to_the_head(followup: ServiceHarness) -> None:
    message = MessageFailed(
        message_id=uuid4(),
        template="mentee_registered",
        channel="mail",
        recipient="mentee",
        person=str(uuid4()),
        concerns=uuid4(),
        state="permanent-failure",
    )
    await followup.handle(message)
    (alert,) = await followup.take_events()
    assert isinstance(alert, AlertRaised)
    assert alert.association == NETWORK_HEAD
    assert await count_unowned(followup) == {}


async def test_what_a_closed_association_had_is_the_heads(pair: Pair) -> None:
    await pair.days(31)
    await pair.answer("month_1", "mentee", "not_well")
    for table in ("alerts", "engagements"):
        await pair.harness.pool.execute(f"UPDATE {table} SET association = 'closed_club'")
    assert set(await count_unowned(pair.harness)) == {"alerts"}
    await hand_on(pair.harness.runtime)
    assert await count_unowned(pair.harness) == {}
    await pair.days(30)
    await pair.answer("month_2", "mentee", "not_well")
    assert (await trouble(pair))[-1].association == NETWORK_HEAD
