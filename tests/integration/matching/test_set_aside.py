"""A row that cannot be read or published is set aside and shown; all others go on."""

from typing import Any

import pytest

from services.matching.domain.vocabulary import Vocabulary
from services.matching.use_cases.reread_rows import read_all
from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import (
    Event,
    PairConfirmed,
    PairReleased,
    ReachabilityChanged,
    RequestConfirmed,
)
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.messaging.envelope import read_event
from shared.persistence.maintenance import measure
from tests.integration.matching.faults import raise_fault
from tests.integration.matching.people import end_of, mentor, request
from tests.integration.matching.propositions import Couple, answer, of_kind, propose, row_of
from tests.integration.matching.stored_pairs import count_taken, pairs_told, state_of
from tests.integration.matching.test_rounds_page import read_page
from tests.support.service_harness import ServiceHarness

GONE = "closed_club"


def from_the_wire(event: Event, **changes: Any) -> Any:
    """An event as it comes over the wire from a time when other codes existed."""
    body = event.model_copy(update=changes).model_dump_json()
    return read_event(type(event), body.encode())


async def count_set_aside(matching: ServiceHarness) -> dict[str, int]:
    queries = matching.service.set_aside
    counts = {kind: await matching.pool.fetchval(query) for kind, query in queries.items()}
    return {kind: count for kind, count in counts.items() if count}


async def test_everybody_else_is_matched_beside_a_request_of_a_closed_association(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    stranded = from_the_wire(request(), association=GONE)
    asked, offered = request(), mentor(capacity=2)
    for event in (stranded, asked, offered):
        await matching.handle(event)
    assert await runner.step()
    (made,) = await pairs_told(matching)
    assert made.request_id == asked.request_id
    assert await state_of(matching, stranded.request_id) == "set_aside"
    assert await count_set_aside(matching) == {"requests": 1}
    page = await read_page(matching)
    assert "son association n’existe plus" in page
    assert str(stranded.request_id) not in page, "the page is open to all"


async def test_once_it_is_handed_on_it_is_matched_with_its_old_date(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    stranded: RequestConfirmed = from_the_wire(request(), association=GONE)
    await matching.handle(stranded)
    await matching.handle(mentor())
    await runner.step()
    assert await pairs_told(matching) == []
    taken_over = stranded.model_copy(update={"association": "tandem_avenir"})
    await matching.handle(taken_over)
    matching.clock.advance(hours=1)
    await runner.step()
    (made,) = await pairs_told(matching)
    assert (made.request_id, made.association) == (stranded.request_id, "tandem_avenir")
    assert await count_set_aside(matching) == {}


async def test_a_running_round_publishes_all_but_the_closed_association(
    matching: ServiceHarness,
) -> None:
    stranded, asked, first, second = request(), request(), mentor(), mentor()
    for event in (stranded, asked, first, second):
        await matching.handle(event)
    await matching.pool.execute(
        "UPDATE requests SET association = $1 WHERE request_id = $2", GONE, stranded.request_id
    )
    assert await propose(matching, stranded, first) == 0
    matching.clock.advance(hours=1)
    assert await propose(matching, asked, second) == 1
    assert [one.request_id for one in of_kind(await matching.take_events(), PairConfirmed)] == [
        asked.request_id
    ]
    assert await state_of(matching, stranded.request_id) == "set_aside"
    assert await count_taken(matching, first.mentor_id) == 0
    assert await count_set_aside(matching) == {"requests": 1}
    assert "son binôme n’a pas pu être annoncé" in await read_page(matching)


WITHOUT = [
    ("need", {"needs": {"job"}}, 2),
    ("slot", {"slots": {"wed_pm"}}, 2),
    ("level", {"levels": {"lycee"}}, 2),
    ("department", {"departments": {"69"}}, 2),
    ("association", {"associations": {"tandem_avenir"}}, 1),
]


@pytest.mark.parametrize(("part", "gone", "rows"), WITHOUT)
async def test_a_code_that_leaves_its_vocabulary_sets_aside_and_comes_back(
    matching: ServiceHarness, runner: RoundRunner, part: str, gone: dict[str, set[str]], rows: int
) -> None:
    asked, offered = request(), mentor(capacity=3)
    other = request(department="13", level="college", needs=("network",), slots=("fri_eve",))
    for event in (asked, offered, other.model_copy(update={"association": "pas_a_pas"})):
        await matching.handle(event)
    left = {kind: set(getattr(Vocabulary(), kind)) - codes for kind, codes in gone.items()}
    assert await read_all(matching.runtime, Vocabulary(**left)) == rows
    assert await read_all(matching.runtime, Vocabulary(**left)) == 0
    assert await state_of(matching, asked.request_id) == "set_aside"
    assert await state_of(matching, other.request_id) == "waiting"
    blocked = await matching.pool.fetchval(
        "SELECT blocked FROM requests WHERE request_id = $1", asked.request_id
    )
    assert blocked == [part]
    assert await read_all(matching.runtime) == rows, "the code is back"
    await runner.step()
    assert asked.request_id in {one.request_id for one in await pairs_told(matching)}


async def test_a_pair_whose_association_closed_belongs_to_the_head(
    asking: ServiceHarness, couple: Couple, links: dict[str, str]
) -> None:
    vocabulary = Vocabulary(associations=set(ASSOCIATIONS) - {couple[0].association})
    await read_all(asking.runtime, vocabulary)
    row = await row_of(asking, "requests", "request_id", couple[0].request_id)
    assert row["association"] == NETWORK_HEAD
    await answer(asking, links["mentee"], "declined")
    (released,) = of_kind(await asking.take_events(), PairReleased)
    assert released.association == NETWORK_HEAD


@pytest.mark.parametrize("heard_first", [True, False])
async def test_nobody_is_matched_with_a_mentor_whom_no_message_reaches(
    matching: ServiceHarness, runner: RoundRunner, heard_first: bool
) -> None:
    asked, offered = request(), mentor(capacity=2)
    lost = ReachabilityChanged(person_id=offered.mentor_id, side="mentor", reachable=False)
    for event in (lost, offered) if heard_first else (offered, lost):
        await matching.handle(event)
    await matching.handle(asked)
    await runner.step()
    assert await pairs_told(matching) == []
    assert await count_set_aside(matching) == {"mentors": 1}
    await matching.handle(lost.model_copy(update={"reachable": True}))
    matching.clock.advance(hours=1)
    await runner.step()
    assert [one.mentor_id for one in await pairs_told(matching)] == [offered.mentor_id]
    assert await count_set_aside(matching) == {}
    capacity = await matching.pool.fetchval("SELECT capacity FROM mentors")
    assert capacity == 2


async def test_a_place_given_back_by_a_blocked_mentor_stays_closed(
    matching: ServiceHarness,
) -> None:
    asked, offered = request(), mentor(capacity=2)
    for event in (asked, offered):
        await matching.handle(event)
    assert await propose(matching, asked, offered) == 1
    lost = ReachabilityChanged(person_id=offered.mentor_id, side="mentor", reachable=False)
    await matching.handle(lost)
    (pair,) = of_kind(await matching.take_events(), PairConfirmed)

    await matching.handle(end_of(pair))
    row = await row_of(matching, "mentors", "mentor_id", offered.mentor_id)
    assert (row["taken"], row["capacity"]) == (0, 0)
    await matching.handle(lost.model_copy(update={"reachable": True}))
    row = await row_of(matching, "mentors", "mentor_id", offered.mentor_id)
    assert (row["taken"], row["capacity"]) == (0, 2)


async def test_a_young_person_whom_no_message_reaches_keeps_the_turn(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    asked = request()
    await matching.handle(asked)
    lost = ReachabilityChanged(person_id=asked.mentee_id, side="mentee", reachable=False)
    await matching.handle(lost)
    await matching.handle(mentor())
    await runner.step()
    assert await pairs_told(matching) == []
    await matching.handle(lost.model_copy(update={"reachable": True}))
    matching.clock.advance(hours=1)
    await runner.step()
    assert [one.request_id for one in await pairs_told(matching)] == [asked.request_id]


async def test_a_failed_round_has_a_reason_and_its_pool_is_counted(
    matching: ServiceHarness, runners: Any
) -> None:

    await matching.handle(request())
    await matching.handle(mentor())
    await runners(solved_by=raise_fault).step()
    assert await count_set_aside(matching) == {"pools": 1}
    await measure(matching.runtime)
    assert matching.runtime.attention["set_aside"]["pools"] == 1, "readiness shows it"
    assert "erreur du programme (NoOptimum)" in await read_page(matching)
    assert "error of the program (NoOptimum)" in await read_page(matching, "en")
