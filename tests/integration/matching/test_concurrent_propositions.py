"""Many answers at one moment, from many connections of several replicas: a place is given once,
everybody reads something kind, and places, requests and pairs still agree."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from services.matching.service import SERVICE
from services.matching.use_cases.publish_round import Publishing
from shared.contracts.events import (
    AnswerAsked,
    Event,
    MentorRegistered,
    PairConfirmed,
    PairProposed,
    PairReleased,
    RequestConfirmed,
)
from shared.persistence.database import open_pool
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.held_rounds import claimed_round, outcome_of
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import (
    IN_ORDER,
    PROGRAMME,
    answer,
    ledger,
    pages,
    propose,
    title,
)
from tests.integration.matching.stored_pairs import count_taken, state_of
from tests.integration.matching.test_publishing import waiting
from tests.support.clock import ManualClock
from tests.support.service_harness import ServiceHarness, set_up
from tests.support.waiting import PATIENCE

KIND = {
    "Ton oui est noté",
    "Votre oui est noté",
    "Vous avez dit oui tous les deux",
    "C’est noté : ce sera non",
    "Cette proposition n’est plus ouverte",
}


@pytest.fixture
async def asking(matching: ServiceHarness) -> ServiceHarness:
    """Matching with programmes that ask, one for each round that is held at the same moment."""
    await matching.pool.execute(
        "INSERT INTO programmes (code, mode, cadence) SELECT code, 'proposal', 'arrival' FROM"
        " (SELECT $1 AS code UNION ALL SELECT 'pool-' || n FROM generate_series(0, 199) n) named",
        PROGRAMME,
    )
    return matching


@pytest.fixture
async def replicas(asking: ServiceHarness) -> AsyncIterator[list[ServiceHarness]]:
    """Four replicas with their own connections and clock over one database."""
    url = asking.runtime.settings.database_url.get_secret_value()
    pools = [await open_pool(url, command_timeout=PATIENCE) for _ in range(4)]
    made = [await set_up(SERVICE, pool, ManualClock(asking.clock.now())) for pool in pools]
    yield made
    for one, pool in zip(made, pools, strict=True):
        await one.client.aclose()
        await pool.close()


async def come(asking: ServiceHarness, *people: RequestConfirmed | MentorRegistered) -> None:
    for one in people:
        await asking.handle(one)


async def tap(replica: ServiceHarness, page: str, choice: str) -> str:
    """What somebody reads after a tap; anything but a kind page fails."""
    shown = await answer(replica, page, choice)
    assert shown.status_code == 200, shown.status_code
    heading = title(shown)
    assert heading in KIND
    return heading


def ends(events: list[Event]) -> Counter[type[Event]]:
    return Counter(type(event) for event in events)


def count_ends(events: list[Event]) -> Counter[UUID]:
    """How many ends each pair has."""
    kinds = (PairConfirmed, PairReleased)
    return Counter(event.pair_id for event in events if isinstance(event, kinds))


@pytest.mark.slow
async def test_two_hundred_rounds_for_one_place_ask_one_pair(asking: ServiceHarness) -> None:
    offered, asked = mentor(), [request(f"pool-{n}") for n in range(200)]
    await come(asking, offered, *asked)
    claims = [await claimed_round(asking, one.programme) for one in asked]
    publishing = Publishing(asking.runtime, timedelta(hours=1))

    async def propose_one(number: int) -> None:
        pair = (asked[number].request_id, offered.mentor_id, 0.5)
        await publishing.accept(claims[number], outcome_of([pair]))
        await publishing.publish(claims[number])

    await asyncio.gather(*(propose_one(number) for number in range(200)))

    events = await asking.take_events()
    assert ends(events) == {PairProposed: 1, AnswerAsked: 2}
    assert await count_taken(asking, offered.mentor_id) == 1
    assert await waiting(asking) == 199
    assert await ledger(asking) == IN_ORDER


@pytest.mark.slow
async def test_two_hundred_yeses_to_every_proposition_ever_made_for_one_place(
    asking: ServiceHarness, replicas: list[ServiceHarness]
) -> None:
    """Twenty were asked about this place one after the other; nineteen were let go. Now everybody
    says yes, five times each, through every replica: one introduction."""
    offered, asked = mentor(), [request(PROGRAMME) for _ in range(20)]
    await come(asking, offered, *asked)
    links: list[str] = []
    for number, one in enumerate(asked):
        assert await propose(asking, one, offered) == 1
        pair = pages(asking, await asking.take_events())
        links += pair.values()
        if number < 19:
            await answer(asking, pair[("mentee", "mentor")[number % 2]], "declined")
    await asking.take_events()

    read = await asyncio.gather(
        *(tap(replicas[n % 4], links[n % 40], "accepted") for n in range(200))
    )

    (confirmed,) = await asking.take_events()
    assert isinstance(confirmed, PairConfirmed)
    assert confirmed.request_id == asked[-1].request_id
    assert await count_taken(asking, offered.mentor_id) == 1
    assert await waiting(asking) == 19
    assert await ledger(asking) == IN_ORDER
    assert Counter(read)["C’est noté : ce sera non"] == 19 * 5, "who declined"
    assert Counter(read)["Cette proposition n’est plus ouverte"] == 19 * 5, "the others"
    assert Counter(read)["Vous avez dit oui tous les deux"] >= 1


async def test_both_say_yes_at_the_same_instant(
    asking: ServiceHarness, replicas: list[ServiceHarness]
) -> None:
    """Fifty pairs, both sides twice: each is introduced, and once."""
    people = [(request(PROGRAMME), mentor()) for _ in range(50)]
    taps = []
    for asked, offered in people:
        await come(asking, asked, offered)
        await propose(asking, asked, offered)
        taps += [*pages(asking, await asking.take_events()).values()] * 2
    random.Random(7).shuffle(taps)

    await asyncio.gather(*(tap(replicas[n % 4], page, "accepted") for n, page in enumerate(taps)))

    events = await asking.take_events()
    assert ends(events) == {PairConfirmed: 50}
    assert set(count_ends(events).values()) == {1}
    assert await ledger(asking) == IN_ORDER


async def test_yes_and_no_at_the_same_instant(
    asking: ServiceHarness, replicas: list[ServiceHarness]
) -> None:
    """Forty pairs, each side answers yes and no at once: one end each, whichever it is."""
    people = [(request(PROGRAMME), mentor()) for _ in range(40)]
    taps = []
    for asked, offered in people:
        await come(asking, asked, offered)
        await propose(asking, asked, offered)
        for page in pages(asking, await asking.take_events()).values():
            taps += [(page, "accepted"), (page, "declined")]
    random.Random(11).shuffle(taps)

    await asyncio.gather(
        *(tap(replicas[n % 4], page, choice) for n, (page, choice) in enumerate(taps))
    )

    events = await asking.take_events()
    assert len(events) == len(count_ends(events)) == 40
    assert await waiting(asking) == ends(events)[PairReleased]
    assert await ledger(asking) == IN_ORDER


@pytest.mark.slow
async def test_yes_and_the_deadline_at_the_same_instant(
    asking: ServiceHarness, replicas: list[ServiceHarness]
) -> None:
    """Two replicas' clocks have passed the deadline, two have a second left. Sixty pairs have one
    yes; the other comes while the timers fire, those asked last first."""
    people = [(request(PROGRAMME), mentor()) for _ in range(60)]
    last: list[str] = []
    for asked, offered in people:
        await come(asking, asked, offered)
        await propose(asking, asked, offered)
        links = pages(asking, await asking.take_events())
        await answer(asking, links["mentor"], "accepted")
        last.append(links["mentee"])
    over = await asking.pool.fetchval("SELECT max(answer_by) FROM propositions")
    left = over - replicas[0].clock.now()
    for number, replica in enumerate(replicas):
        replica.clock.advance(seconds=left.total_seconds() + (1 if number < 2 else -1))
    await asking.pool.execute("DELETE FROM timers WHERE kind LIKE 'remind%'")

    await asyncio.gather(
        *(replica.fire_due() for replica in replicas[:2] * 5),
        *(tap(replicas[2 + n % 2], page, "accepted") for n, page in enumerate(reversed(last))),
    )

    events = await asking.take_events()
    assert len(events) == len(count_ends(events)) == 60
    states = await asking.pool.fetch("SELECT state, count(*) AS n FROM propositions GROUP BY state")
    assert {row["state"]: row["n"] for row in states} == {
        state: number
        for state, number in (
            ("accepted", ends(events)[PairConfirmed]),
            ("unanswered", ends(events)[PairReleased]),
        )
        if number
    }
    assert (
        await asking.pool.fetchval(
            "SELECT count(*) FROM timers WHERE kind <> 'introduction_overdue'"
        )
        == 0
    )
    assert await ledger(asking) == IN_ORDER


async def test_rounds_go_on_while_people_answer(
    asking: ServiceHarness, replicas: list[ServiceHarness], runners: RunnerFactory
) -> None:
    """Every no sends two people back to rounds that are being held: in the end all who can be are
    paired, each request at most once, no pair ever proposed twice."""
    chance = random.Random(3)
    asked = [request(PROGRAMME) for _ in range(24)]
    offered = [mentor(capacity=1 + n % 3) for n in range(14)]
    await come(asking, *asked, *offered)
    proposed: list[UUID] = []
    confirmed: list[UUID] = []
    couples_seen: list[tuple[UUID, UUID]] = []
    open_links: list[str] = []
    for _ in range(80):
        answers = [
            (page, chance.choices(("accepted", "declined"), (4, 1))[0]) for page in open_links
        ]
        await asyncio.gather(
            runners().step(),
            *(tap(replicas[n % 4], page, choice) for n, (page, choice) in enumerate(answers)),
        )
        events = await asking.take_events()
        questions = [event for event in events if isinstance(event, AnswerAsked)]
        open_links = [pages(asking, [event])[event.side] for event in questions]
        for event in events:
            if isinstance(event, PairProposed):
                proposed.append(event.pair_id)
                couples_seen.append((event.mentee_id, event.mentor_id))
            elif isinstance(event, PairConfirmed):
                confirmed.append(event.request_id)
        assert await ledger(asking) == IN_ORDER
        asking.clock.advance(hours=2)
        if len(confirmed) == len(asked):
            break
    assert sorted(confirmed) == sorted(one.request_id for one in asked)
    assert len(set(couples_seen)) == len(couples_seen)
    assert len(proposed) > len(asked), "without any no this proves little"
    for one in asked:
        assert await state_of(asking, one.request_id) == "paired"
