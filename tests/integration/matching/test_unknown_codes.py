"""Codes leave their vocabularies while people choose or are asked: one row stops nobody else."""

from typing import Any

import pytest

from services.matching.domain.vocabulary import Vocabulary
from services.matching.use_cases.reread_rows import read_all
from shared.contracts.events import PairConfirmed
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from tests.integration.matching.people import mentor
from tests.integration.matching.propositions import Couple, answer, of_kind
from tests.integration.matching.test_selection import (
    choose,
    list_offered,
    open_selection_page,
    pupils,
    read_page,
    school,
    volunteers,
)
from tests.support.service_harness import ServiceHarness

__all__ = ["school"]

UNKNOWN = [
    ("need", {"needs": ["poetry"]}, {"offers": ["poetry"]}),
    ("slot", {"slots": ["mon_noon"]}, {"slots": ["mon_noon"]}),
    ("level", {"level": "kindergarten"}, {"levels": ["kindergarten"]}),
    ("department", {"department": "20"}, {"department": "20"}),
]
CLOSED = "closed_club"


async def change(harness: ServiceHarness, table: str, key: str, row: Any, **criteria: Any) -> None:
    """As rows are once a code has left its vocabulary."""
    await harness.pool.execute(
        f"UPDATE {table} SET criteria = criteria || $2 WHERE {key} = $1",
        row,
        criteria,
    )


@pytest.mark.parametrize(("part", "asked", "offered"), UNKNOWN)
async def test_a_selection_goes_on_without_whoever_cannot_be_read(
    school: ServiceHarness, part: str, asked: dict[str, Any], offered: dict[str, Any]
) -> None:
    one, other = await pupils(school, 2)
    first, second, third = mentor(), mentor(), mentor()
    await volunteers(school, first, second, third)
    page = await open_selection_page(school, [one, other])
    await change(school, "requests", "request_id", one.request_id, **asked)
    await change(school, "mentors", "mentor_id", first.mentor_id, **offered)
    for is_known in (False, True):
        if is_known:
            await read_all(school.runtime)
        text = await read_page(school, page)
        assert str(first.mentor_id) not in text
        assert list_offered(text, one.request_id) == set()
        assert list_offered(text, other.request_id) == {
            str(second.mentor_id),
            str(third.mentor_id),
        }
    assert (await choose(school, page, one.request_id, third.mentor_id)).status_code == 409
    assert (await choose(school, page, other.request_id, second.mentor_id)).status_code == 303
    blocked = await school.pool.fetchval(
        "SELECT blocked FROM requests WHERE request_id = $1", one.request_id
    )
    assert blocked == [part]


async def test_an_establishment_whose_association_closed_chooses_under_the_head(
    school: ServiceHarness,
) -> None:
    (one,) = await pupils(school, 1)
    first = mentor()
    await volunteers(school, first)
    page = await open_selection_page(school, [one])
    await school.pool.execute("UPDATE requests SET association = $1", CLOSED)
    assert (await school.client.get(page)).status_code == 200
    assert (await choose(school, page, one.request_id, first.mentor_id)).status_code == 409
    assert of_kind(await school.take_events(), PairConfirmed) == []


@pytest.mark.parametrize(("part", "asked", "offered"), UNKNOWN)
async def test_a_proposition_is_answered_though_a_code_left(
    asking: ServiceHarness,
    couple: Couple,
    links: dict[str, str],
    part: str,
    asked: dict[str, Any],
    offered: dict[str, Any],
) -> None:
    await change(asking, "requests", "request_id", couple[0].request_id, **asked)
    await change(asking, "mentors", "mentor_id", couple[1].mentor_id, **offered)
    for side in ("mentee", "mentor"):
        assert (await asking.client.get(links[side])).status_code == 200, part
        await answer(asking, links[side], "accepted")
    assert len(of_kind(await asking.take_events(), PairConfirmed)) == 1


async def test_a_proposition_of_a_closed_association_is_confirmed_under_the_head(
    asking: ServiceHarness, couple: Couple, links: dict[str, str]
) -> None:
    await asking.pool.execute("UPDATE requests SET association = $1", CLOSED)
    for side in ("mentee", "mentor"):
        assert (await asking.client.get(links[side])).status_code == 200
        await answer(asking, links[side], "accepted")
    (made,) = of_kind(await asking.take_events(), PairConfirmed)
    assert made.association == NETWORK_HEAD
    assert await read_all(asking.runtime, Vocabulary()) == 0
