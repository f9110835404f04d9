"""`/rounds`: figures of pools and rounds, and nothing of anybody."""

from services.matching.jobs.rounds import RoundKeeper
from services.matching.pages.look import figure, share
from tests.integration.matching.people import mentor, request
from tests.stage import Stage


async def shown(matching: Stage, lang: str = "fr") -> str:
    response = await matching.client.get("/rounds", params={"lang": lang})
    assert response.status_code == 200
    return response.text


async def test_says_that_there_was_none_yet(matching: Stage) -> None:
    assert "Aucune tournée pour l’instant" in await shown(matching)
    assert "No round yet" in await shown(matching, "en")


async def test_shows_rounds_and_nobody(matching: Stage, keeper: RoundKeeper) -> None:
    asked, offered = request(), mentor(capacity=3)
    for event in (asked, offered, request(level="primary")):
        await matching.handle(event)
    await keeper.step()

    page = await shown(matching)

    assert "10 janvier 2026 à 10" in page
    assert "national" in page
    assert "Publiée" in page
    assert "<dd>1</dd>" in page, "one still waits, one pair was made"
    assert "<dd>2</dd>" in page, "two places of three are free"
    for identity in (asked.request_id, asked.mentee_id, offered.mentor_id):
        assert str(identity) not in page


async def test_a_round_in_hand_has_no_figures_yet(matching: Stage, keeper: RoundKeeper) -> None:
    await matching.handle(request())
    await matching.handle(mentor())
    await keeper.ask()
    assert "pas encore" in await shown(matching)
    assert "En attente" in await shown(matching)


def test_figures_are_written_as_their_readers_do() -> None:
    assert figure(1204.5, 2, "fr") == "1\u202f204,50"
    assert figure(1204.5, 2, "en") == "1,204.50"
    assert (share(0.0, "fr"), share(4e-7, "en")) == ("0\u00a0%", "0%")
    assert share(0.0123, "fr") == "1,2300\u00a0%"
