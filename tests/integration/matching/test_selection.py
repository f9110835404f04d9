"""An establishment chooses, pupil by pupil: places are given once and nobody is left behind."""

import asyncio
import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.cli.selection import selection as selection_command
from services.matching.use_cases.run_rounds import RoundRunner
from services.matching.use_cases.select_mentors import InvalidSelection, open_selection
from shared.contracts.events import MentorRegistered, RequestConfirmed
from shared.service.user_error import UserError
from tests.integration.matching.people import end_of, mentor, request
from tests.integration.matching.stored_pairs import count_taken, pairs_told, state_of
from tests.integration.matching.test_export import run
from tests.support.service_harness import ServiceHarness

PROGRAMME = "lycees"
ASSOCIATION = "tandem_avenir"
CLASSES, CLASS = 40, 5


@pytest.fixture
async def school(matching: ServiceHarness) -> ServiceHarness:
    """Matching with a programme in which establishments choose."""
    await matching.pool.execute(
        "INSERT INTO programmes (code, mode) VALUES ($1, 'selection')", PROGRAMME
    )
    return matching


async def pupils(school: ServiceHarness, number: int, **criteria: Any) -> list[RequestConfirmed]:
    asked = [request(programme=PROGRAMME, **criteria) for _ in range(number)]
    for one in asked:
        await school.handle(one)
    return asked


async def volunteers(school: ServiceHarness, *offered: MentorRegistered) -> None:
    for one in offered:
        await school.handle(one)


async def open_selection_page(
    school: ServiceHarness, asked: list[RequestConfirmed], shown: int = 5
) -> str:
    """The address of a new selection's page."""
    ids = [one.request_id for one in asked]
    async with school.runtime.begin() as tx:
        selection_id = await open_selection(ASSOCIATION, ids, shown, 14, tx)
    return f"/selection/{school.runtime.links.token('selection', selection_id)}"


async def read_page(school: ServiceHarness, page: str, lang: str = "fr") -> str:
    response = await school.client.get(page, params={"lang": lang})
    assert response.status_code == 200
    return plain(response)


def plain(response: httpx.Response) -> str:
    return response.text.replace("\u202f", " ").replace("\u00a0", " ")


async def choose(school: ServiceHarness, page: str, pupil: UUID, chosen: UUID) -> httpx.Response:
    return await school.client.post(page, data={"pupil": str(pupil), "mentor": str(chosen)})


def list_offered(page: str, pupil: UUID) -> set[str]:
    found = re.findall(
        r'name="pupil" value="(.+?)">\s+<input .+? name="mentor" value="(.+?)"', page
    )
    return {one for asked, one in found if asked == str(pupil)}


async def test_a_pupil_is_given_the_mentor_that_was_chosen(school: ServiceHarness) -> None:
    (asked,) = await pupils(school, 1)
    near, far = mentor(commune="69123"), mentor(department="75", offers=("job", "interview"))
    await volunteers(school, near, far)
    page = await open_selection_page(school, [asked])

    shown = await read_page(school, page)
    assert "Élève 1" in shown
    assert "même département" in shown
    assert "Répond à tous les besoins" in shown
    assert list_offered(shown, asked.request_id) == {str(near.mentor_id), str(far.mentor_id)}
    assert str(asked.mentee_id) not in shown
    assert "Choose a mentor for each pupil" in await read_page(school, page, "en")

    answer = await choose(school, page, asked.request_id, near.mentor_id)
    assert (answer.status_code, answer.headers["location"]) == (303, page)

    (pair,) = await pairs_told(school)
    assert (pair.request_id, pair.mentor_id) == (asked.request_id, near.mentor_id)
    assert await state_of(school, asked.request_id) == "paired"
    assert await count_taken(school, near.mentor_id) == 1
    after = await read_page(school, page)
    assert "Mentor choisi" in after
    assert "Tout est fait, merci" in after
    assert "<form" not in after


async def test_the_place_is_free_again_when_the_pair_ends(school: ServiceHarness) -> None:
    (asked,) = await pupils(school, 1)
    offered = mentor()
    await volunteers(school, offered)
    page = await open_selection_page(school, [asked])
    await choose(school, page, asked.request_id, offered.mentor_id)
    (pair,) = await pairs_told(school)
    await school.handle(end_of(pair))
    assert await count_taken(school, offered.mentor_id) == 0
    assert await state_of(school, asked.request_id) == "closed"


async def test_two_hundred_want_one_place_and_one_has_it(school: ServiceHarness) -> None:
    """Forty classes of five choose the same mentor at the same moment."""
    wanted = mentor(commune="69123")
    others = [mentor(capacity=20) for _ in range(CLASSES * CLASS // 20)]
    await volunteers(school, wanted, *others)
    classes = [await pupils(school, CLASS) for _ in range(CLASSES)]
    pages = [await open_selection_page(school, asked) for asked in classes]

    answers = await asyncio.gather(
        *(
            choose(school, page, one.request_id, wanted.mentor_id)
            for page, asked in zip(pages, classes, strict=True)
            for one in asked
        )
    )

    assert sorted(answer.status_code for answer in answers) == [303] + [409] * (CLASSES * CLASS - 1)
    (pair,) = await pairs_told(school)
    assert pair.mentor_id == wanted.mentor_id
    assert await count_taken(school, wanted.mentor_id) == 1
    for answer in answers:
        if answer.status_code == 409:
            text = plain(answer)
            assert "n’est plus libre" in text
            assert 'name="mentor"' in text, "there are fresh choices"
            assert str(wanted.mentor_id) not in text


async def test_a_class_that_chooses_all_at_once_is_served_to_the_last(
    school: ServiceHarness,
) -> None:
    """Everybody asks for the first of their list; who is refused asks again."""
    await volunteers(school, *(mentor(capacity=2) for _ in range(3)))
    asked = await pupils(school, 6)
    page = await open_selection_page(school, asked)
    waiting = {one.request_id for one in asked}
    for _ in range(6):
        shown = await read_page(school, page)
        await asyncio.gather(
            *(choose(school, page, one, UUID(min(list_offered(shown, one)))) for one in waiting)
        )
        waiting = {one for one in waiting if await state_of(school, one) == "waiting"}
    assert waiting == set()
    assert len(await pairs_told(school)) == 6


async def test_a_pupil_clicked_for_twice_has_one_mentor(school: ServiceHarness) -> None:
    (asked,) = await pupils(school, 1)
    offered = [mentor() for _ in range(8)]
    await volunteers(school, *offered)
    page = await open_selection_page(school, [asked])
    answers = await asyncio.gather(
        *(choose(school, page, asked.request_id, one.mentor_id) for one in offered)
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7
    assert sum("Cet élève a déjà un mentor" in plain(answer) for answer in answers) == 7
    assert len(await pairs_told(school)) == 1


async def test_nobody_takes_the_only_mentor_of_another(school: ServiceHarness) -> None:
    (bound,) = await pupils(school, 1, remote=False)
    (free,) = await pupils(school, 1)
    near, far = mentor(), mentor(department="75")
    await volunteers(school, near, far)
    page = await open_selection_page(school, [bound, free])

    shown = await read_page(school, page)
    assert list_offered(shown, bound.request_id) == {str(near.mentor_id)}
    assert list_offered(shown, free.request_id) == {str(far.mentor_id)}
    assert "Mentors qui conviennent en tout : 2" in shown

    refused = await choose(school, page, free.request_id, near.mentor_id)
    assert refused.status_code == 409
    assert await pairs_told(school) == []

    await choose(school, page, bound.request_id, near.mentor_id)
    await choose(school, page, free.request_id, far.mentor_id)
    assert len(await pairs_told(school)) == 2


async def test_gates_hold_against_a_forged_choice(school: ServiceHarness) -> None:
    (minor,) = await pupils(school, 1)
    (unrelated,) = await pupils(school, 1)
    unchecked, foreign, fitting = mentor(cleared=False), mentor("passerelle_idf"), mentor()
    await volunteers(school, unchecked, foreign, fitting)
    page = await open_selection_page(school, [minor])
    for pupil, chosen in (
        (minor.request_id, unchecked.mentor_id),
        (minor.request_id, foreign.mentor_id),
        (minor.request_id, uuid4()),
        (unrelated.request_id, fitting.mentor_id),
        (uuid4(), fitting.mentor_id),
    ):
        assert (await choose(school, page, pupil, chosen)).status_code == 409
    assert await pairs_told(school) == []


async def test_a_cap_counts_what_was_chosen_already(school: ServiceHarness) -> None:
    await school.pool.execute("INSERT INTO association_caps VALUES ($1, 1)", ASSOCIATION)
    asked = await pupils(school, 2)
    offered = [mentor(ASSOCIATION), mentor(ASSOCIATION)]
    await volunteers(school, *offered)
    page = await open_selection_page(school, asked)
    first, second = asked
    assert (await choose(school, page, first.request_id, offered[0].mentor_id)).is_redirect
    assert list_offered(await read_page(school, page), second.request_id) == set()
    refused = await choose(school, page, second.request_id, offered[1].mentor_id)
    assert refused.status_code == 409
    assert "Personne de libre pour l’instant" in plain(refused)


async def test_nobody_fits(school: ServiceHarness) -> None:
    (asked,) = await pupils(school, 1)
    page = await open_selection_page(school, [asked])
    assert "Aucun mentor ne convient pour l’instant" in await read_page(school, page)


async def test_rounds_leave_these_pupils_alone(school: ServiceHarness, runner: RoundRunner) -> None:
    await pupils(school, 1)
    await volunteers(school, mentor())
    assert not await runner.step()


async def test_a_link_that_is_unknown_or_over_opens_nothing(school: ServiceHarness) -> None:
    (asked,) = await pupils(school, 1)
    offered = mentor()
    await volunteers(school, offered)
    page = await open_selection_page(school, [asked])
    assert (await school.client.get(f"/selection/{'x' * 43}")).status_code == 410
    school.clock.advance(days=15)
    assert (await school.client.get(page)).status_code == 410
    answer = await choose(school, page, asked.request_id, offered.mentor_id)
    assert answer.status_code == 410
    assert await pairs_told(school) == []


async def test_what_cannot_be_opened_is_refused_with_a_reason(school: ServiceHarness) -> None:
    (asked,) = await pupils(school, 1)
    automatic = request()
    await school.handle(automatic)
    both = [asked, automatic]
    with pytest.raises(InvalidSelection, match="du même programme"):
        await open_selection_page(school, both)
    with pytest.raises(InvalidSelection, match="mode « selection »"):
        await open_selection_page(school, [automatic])
    with pytest.raises(InvalidSelection, match="chacune une fois"):
        await open_selection_page(school, [asked, asked])
    with pytest.raises(InvalidSelection, match="n'est pas suivie"):
        await open_selection_page(school, [request()])
    await open_selection_page(school, [asked])
    with pytest.raises(InvalidSelection, match="déjà dans une sélection"):
        await open_selection_page(school, [asked])
    school.clock.advance(days=15)
    page = await open_selection_page(school, [asked])
    offered = mentor()
    await volunteers(school, offered)
    await choose(school, page, asked.request_id, offered.mentor_id)
    with pytest.raises(InvalidSelection, match="n'attend plus"):
        await open_selection_page(school, [asked])


async def test_an_operator_opens_one(
    school: ServiceHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINOME_PUBLIC_URL", "https://binome.example")
    asked = await pupils(school, 2)
    file = tmp_path / "requests.csv"
    file.write_text("request_id\n" + "".join(f"{one.request_id}\n" for one in asked))
    words = ("open", "--association", ASSOCIATION, "--requests", file)
    # The command uses the wall clock, the harness its own.
    output = await run(selection_command, *words)
    address = re.search(r"https://binome\.example(/selection/\S{43})", output)
    assert address
    assert "Élève 2" in await read_page(school, address[1])
    for faulty, why in (("not-an-id", "n'est pas l'identifiant"), (uuid4(), "n'est pas suivie")):
        file.write_text(f"request_id\n{faulty}\n")
        with pytest.raises(UserError, match=why):
            await run(selection_command, *words)
