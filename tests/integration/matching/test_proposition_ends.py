"""When the clock ends it, and what comes after: a reminder, the deadline, the next best."""

import pytest

from services.matching.domain.programme import Changes
from services.matching.store import History, Programmes
from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import AnswerAsked, Event, PairConfirmed, PairProposed, PairReleased
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import (
    IN_ORDER,
    PROGRAMME,
    Couple,
    answer,
    ledger,
    of_kind,
    pages,
    propose,
    read_page,
    row_of,
    title,
)
from tests.integration.matching.stored_pairs import count_taken, state_of
from tests.support.service_harness import ServiceHarness


async def test_the_next_best_comes_by_itself_and_the_pair_never_again(
    asking: ServiceHarness, runner: RoundRunner
) -> None:
    asked, best, second = request(PROGRAMME), mentor(commune="69123"), mentor(department="75")
    for event in (asked, best, second):
        await asking.handle(event)
    met = []
    for _ in range(2):
        assert await runner.step()
        events = await asking.take_events()
        met.append(of_kind(events, PairProposed)[0].mentor_id)
        await answer(asking, pages(asking, events)["mentee"], "declined")
        await asking.take_events()
    assert met == [best.mentor_id, second.mentor_id]
    while await runner.step():
        pass
    assert of_kind(await asking.take_events(), PairProposed) == [], "nobody is left to propose"
    assert await state_of(asking, asked.request_id) == "waiting"
    assert await ledger(asking) == IN_ORDER


async def test_a_pair_counts_after_two_yes(asking: ServiceHarness) -> None:
    async def count_pairs() -> int:
        async with asking.runtime.begin() as tx:
            return (await History(tx.connection).now()).pairs

    ways: list[tuple[str, int]] = [("declined", 0), ("accepted", 1)]
    for choice, pairs in ways:
        asked, offered = request(PROGRAMME), mentor()
        for event in (asked, offered):
            await asking.handle(event)
        await propose(asking, asked, offered)
        assert await count_pairs() == 0
        links = pages(asking, await asking.take_events())
        await answer(asking, links["mentor"], "accepted")
        assert await count_pairs() == 0
        await answer(asking, links["mentee"], choice)
        assert await count_pairs() == pairs


async def test_one_reminder_after_three_days_only_to_the_silent(
    asking: ServiceHarness, couple: Couple, links: dict[str, str]
) -> None:
    _, offered = couple
    await answer(asking, links["mentee"], "accepted")
    asking.clock.advance(days=3, seconds=-1)
    await asking.fire_due()
    assert await asking.take_events() == []
    asking.clock.advance(days=1, seconds=1)
    await asking.fire_due()
    (reminder,) = await asking.take_events()
    assert isinstance(reminder, AnswerAsked)
    assert (reminder.side, reminder.person_id, reminder.reminder) == (
        "mentor",
        offered.mentor_id,
        True,
    )
    assert pages(asking, [reminder])["mentor"] == links["mentor"], "the same link"
    asking.clock.advance(days=2)
    await asking.fire_due()
    assert await asking.take_events() == [], "one, and no more"


async def test_an_outage_over_the_deadline_reminds_nobody(
    asking: ServiceHarness, links: dict[str, str]
) -> None:
    asking.clock.advance(days=20)
    assert await asking.fire_due() == 2
    (released,) = await asking.take_events()
    assert isinstance(released, PairReleased)


@pytest.mark.parametrize("said_yes", ["mentee", "mentor", None])
async def test_the_deadline_ends_it(
    asking: ServiceHarness, couple: Couple, links: dict[str, str], said_yes: str | None
) -> None:
    asked, offered = couple
    if said_yes:
        await answer(asking, links[said_yes], "accepted")
    asking.clock.advance(days=7)
    await asking.fire_due()
    for page in links.values():
        assert "n’est plus ouverte" not in await read_page(asking, page), (
            "the last day counts whole"
        )
    await asking.take_events()
    asking.clock.advance(days=1)
    for page in links.values():
        late = await answer(asking, page, "accepted")
        assert title(late) == "Cette proposition n’est plus ouverte", "before the timer fires, too"
    assert await asking.take_events() == []
    await asking.fire_due()
    (released,) = await asking.take_events()
    assert isinstance(released, PairReleased)
    assert (released.reason, released.accepted_by) == ("unanswered", said_yes)
    row = await row_of(asking, "requests", "request_id", asked.request_id)
    assert (row["state"], row["since"]) == ("waiting", asked.since)
    assert await count_taken(asking, offered.mentor_id) == 0
    assert await ledger(asking) == IN_ORDER


async def test_the_days_of_the_programme_count(asking: ServiceHarness) -> None:
    async with asking.runtime.begin() as tx:
        await Programmes(tx.connection).set(PROGRAMME, Changes(answer_days=20))
    asked, offered = request(PROGRAMME), mentor()
    for event in (asked, offered):
        await asking.handle(event)
    await propose(asking, asked, offered)
    links = pages(asking, await asking.take_events())
    assert "30 janvier 2026" in await read_page(asking, links["mentee"])
    async with asking.runtime.begin() as tx:
        await Programmes(tx.connection).set(PROGRAMME, Changes(mode="automatic", answer_days=4))
    asking.clock.advance(days=9)
    await asking.fire_due()
    assert await asking.take_events() == []
    asking.clock.advance(days=1)
    await asking.fire_due()
    assert [type(event) for event in await asking.take_events()] == [AnswerAsked, AnswerAsked]
    for page in links.values():
        await answer(asking, page, "accepted")
    assert [type(event) for event in await asking.take_events()] == [PairConfirmed]


async def test_a_link_that_is_unknown_or_long_over_opens_nothing(
    asking: ServiceHarness, links: dict[str, str]
) -> None:
    unknown = f"/proposition/{'x' * 43}"
    assert (await asking.client.get(unknown)).status_code == 410
    assert (await answer(asking, unknown, "accepted")).status_code == 410
    asking.clock.advance(days=8)
    await asking.fire_due()
    await asking.take_events()
    asking.clock.advance(days=29)
    assert "n’est plus ouverte" in await read_page(asking, links["mentee"])
    asking.clock.advance(days=2)
    for page in links.values():
        assert (await asking.client.get(page)).status_code == 410
        assert (await answer(asking, page, "accepted")).status_code == 410
    assert await asking.take_events() == []


async def test_a_link_for_one_purpose_opens_no_other(
    asking: ServiceHarness, events: list[Event]
) -> None:
    (proposed,) = of_kind(events, PairProposed)
    question = of_kind(events, AnswerAsked)[0]
    for purpose, subject in (("selection", question.answer_id), ("proposition", proposed.pair_id)):
        token = asking.runtime.links.token(purpose, subject)
        assert (await asking.client.get(f"/proposition/{token}")).status_code == 410
