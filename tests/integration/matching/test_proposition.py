"""Both sides are asked: yes and yes introduces, anything else lets both wait where they stood."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.use_cases.run_rounds import RoundRunner
from shared.contracts.events import (
    AnswerAsked,
    Event,
    PairConfirmed,
    PairIntroduced,
    PairProposed,
    PairReleased,
)
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import (
    IN_ORDER,
    PROGRAMME,
    Couple,
    answer,
    ledger,
    of_kind,
    pages,
    plain,
    propose,
    read_page,
    row_of,
    title,
)
from tests.integration.matching.stored_pairs import count_taken, state_of
from tests.support.service_harness import ServiceHarness


async def test_both_are_asked_and_their_places_held(
    asking: ServiceHarness, couple: Couple, events: list[Event]
) -> None:
    asked, offered = couple
    (proposed,) = of_kind(events, PairProposed)
    day = asking.clock.now().date() + timedelta(days=7)
    assert proposed.answer_until == day
    questions = of_kind(events, AnswerAsked)
    assert [
        (event.side, event.person_id, event.last_day, event.reminder) for event in questions
    ] == [
        ("mentee", asked.mentee_id, day, False),
        ("mentor", offered.mentor_id, day, False),
    ]
    assert of_kind(events, PairConfirmed) == []
    assert await state_of(asking, asked.request_id) == "paired"
    assert await count_taken(asking, offered.mentor_id) == 1
    assert await ledger(asking) == IN_ORDER


async def test_no_token_is_stored_or_published(
    asking: ServiceHarness, links: dict[str, str]
) -> None:
    tokens = [page.rsplit("/", 1)[1] for page in links.values()]
    assert len({len(token) for token in tokens}) == 1
    assert len(tokens[0]) == 43, "256 bits"
    for table in ("proposition_answers", "propositions", "outbox", "timers"):
        kept = await asking.pool.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t")
        assert all(token not in kept for token in tokens), table


async def test_a_round_holds_it_and_nobody_is_paired_twice(
    asking: ServiceHarness, runner: RoundRunner
) -> None:
    """From the pool to the question by the real engine; the held two are in no further round."""
    for event in (request(PROGRAMME), mentor()):
        await asking.handle(event)
    assert await runner.step()
    events = await asking.take_events()
    assert {event.side for event in of_kind(events, AnswerAsked)} == {"mentee", "mentor"}
    assert of_kind(events, PairConfirmed) == []
    await asking.handle(request(PROGRAMME))
    asking.clock.advance(hours=2)
    assert not await runner.step(), "no place is free"


async def test_programmes_that_do_not_ask_introduce_at_once(asking: ServiceHarness) -> None:
    asked, offered = request(), mentor()
    for event in (asked, offered):
        await asking.handle(event)
    await propose(asking, asked, offered)
    events = await asking.take_events()
    assert [type(event) for event in events] == [PairProposed, PairConfirmed]
    assert of_kind(events, PairProposed)[0].answer_until is None
    kinds = await asking.pool.fetch("SELECT kind FROM timers")
    assert [row["kind"] for row in kinds] == ["introduction_overdue"], "nobody is asked"


async def test_looking_changes_nothing(asking: ServiceHarness, links: dict[str, str]) -> None:
    async def everything() -> list[str]:
        tables = ("propositions", "proposition_answers", "pairs", "requests", "mentors", "outbox")
        return [
            await asking.pool.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            for table in tables
        ]

    before = await everything()
    for page in links.values():
        for _ in range(3):
            await read_page(asking, page)
            await asking.client.head(page)
    assert await everything() == before


async def test_each_side_reads_who_asks_for_what(
    asking: ServiceHarness, links: dict[str, str]
) -> None:
    young, adult = (
        await read_page(asking, links["mentee"]),
        await read_page(asking, links["mentor"]),
    )
    assert "Un mentor pour toi ?" in young
    assert "Peut t’aider pour" in young
    assert "Un jeune à accompagner ?" in adult
    assert "Cherche de l’aide pour" in adult
    assert "Vous proposez" in adult
    for page in (young, adult):
        assert "Mercredi après-midi" in page
        assert "Samedi" not in page, "only what both have in common"
        assert "Rhône" in page
        assert "17 janvier 2026 inclus" in page
        assert "<script" not in page
    assert "A mentor for you?" in await read_page(asking, links["mentee"], "en")
    assert "Would you like to support" in await read_page(asking, links["mentor"], "en")


async def test_a_page_shows_no_name_age_public_or_town(asking: ServiceHarness) -> None:
    fields: dict[str, Any] = {"publics": ("ase", "disability"), "commune": "69123"}
    asked, offered = request(PROGRAMME, **fields), mentor(commune="69266")
    for event in (asked, offered):
        await asking.handle(event)
    await propose(asking, asked, offered)
    for page in pages(asking, await asking.take_events()).values():
        shown = await read_page(asking, page)
        ids = (asked.request_id, asked.mentee_id, offered.mentor_id)
        for hidden in ("2009", "69123", "69266", "enfance", "handicap", *map(str, ids)):
            assert hidden not in shown


async def test_yes_and_yes_is_a_pair(
    asking: ServiceHarness, couple: Couple, events: list[Event], links: dict[str, str]
) -> None:
    asked, offered = couple
    assert title(await answer(asking, links["mentee"], "accepted")) == "Ton oui est noté"
    assert await asking.take_events() == []
    assert "Un jeune à accompagner" in await read_page(asking, links["mentor"]), (
        "nothing is given away"
    )
    assert title(await answer(asking, links["mentor"], "accepted")) == (
        "Vous avez dit oui tous les deux"
    )
    (confirmed,) = await asking.take_events()
    (proposed,) = of_kind(events, PairProposed)
    assert isinstance(confirmed, PairConfirmed)
    assert confirmed.model_dump() == proposed.model_dump(include=set(PairConfirmed.model_fields))
    assert "Votre binôme est formé" in await read_page(asking, links["mentee"])
    assert await state_of(asking, asked.request_id) == "paired"
    assert await count_taken(asking, offered.mentor_id) == 1
    await asking.handle(PairIntroduced(**confirmed.model_dump()))
    asking.clock.advance(days=30)
    await asking.fire_due()
    assert await asking.take_events() == [], "neither reminded nor closed"
    assert "Votre binôme est formé" in await read_page(asking, links["mentee"])


async def test_taps_repeated_are_kind_and_change_nothing(
    asking: ServiceHarness, links: dict[str, str]
) -> None:
    for _ in range(3):
        assert title(await answer(asking, links["mentee"], "accepted")) == "Ton oui est noté"
    assert await asking.take_events() == []
    await answer(asking, links["mentor"], "accepted")
    assert len(await asking.take_events()) == 1
    for page in links.values():
        for choice in ("accepted", "declined"):
            assert title(await answer(asking, page, choice)) == "Vous avez dit oui tous les deux"
    assert await asking.take_events() == []


@pytest.mark.parametrize(("no", "yes"), [("mentee", "mentor"), ("mentor", "mentee")])
async def test_a_no_lets_both_wait_where_they_stood(
    asking: ServiceHarness, couple: Couple, links: dict[str, str], no: str, yes: str
) -> None:
    asked, offered = couple
    await answer(asking, links[yes], "accepted")
    assert title(await answer(asking, links[no], "declined")) == "C’est noté : ce sera non"
    (released,) = await asking.take_events()
    assert isinstance(released, PairReleased)
    assert (released.reason, released.accepted_by) == ("declined", yes)
    row = await row_of(asking, "requests", "request_id", asked.request_id)
    assert (row["state"], row["since"]) == ("waiting", asked.since)
    assert await count_taken(asking, offered.mentor_id) == 0
    assert await ledger(asking) == IN_ORDER
    late = await answer(asking, links[yes], "accepted")
    assert title(late) == "Cette proposition n’est plus ouverte"
    assert "Ce n’est la faute de personne" in plain(late)
    asking.clock.advance(days=30)
    await asking.fire_due()
    assert await asking.take_events() == []


async def test_a_no_before_any_yes_informs_nobody(
    asking: ServiceHarness, links: dict[str, str]
) -> None:
    await answer(asking, links["mentor"], "declined")
    (released,) = await asking.take_events()
    assert isinstance(released, PairReleased)
    assert released.accepted_by is None
    over = await read_page(asking, links["mentee"])
    assert "n’est plus ouverte" in over
    assert "tu gardes ta place" in over


async def test_a_yes_may_become_a_no_while_the_other_is_silent(
    asking: ServiceHarness, links: dict[str, str]
) -> None:
    yes = await answer(asking, links["mentee"], "accepted")
    assert "Finalement, non" in plain(yes)
    assert title(await answer(asking, links["mentee"], "declined")).startswith("C’est noté")
    (released,) = await asking.take_events()
    assert isinstance(released, PairReleased)
    assert released.accepted_by is None
    assert title(await answer(asking, links["mentee"], "accepted")).startswith("C’est noté"), "over"


async def test_a_no_may_say_why_then_or_at_once(
    asking: ServiceHarness, links: dict[str, str]
) -> None:
    first = plain(await answer(asking, links["mentor"], "declined"))
    assert "Voulez-vous dire pourquoi ?" in first
    text = plain(await answer(asking, links["mentor"], "declined", reason="no_time"))
    assert "Merci de nous avoir dit pourquoi" in text
    kept = "SELECT reason FROM proposition_answers WHERE side = 'mentor'"
    assert await asking.pool.fetchval(kept) == "no_time"
    forged = await answer(asking, links["mentor"], "declined", reason="rude words")
    assert forged.status_code == 422
    assert (await answer(asking, links["mentor"], "perhaps")).status_code == 422
    assert await asking.pool.fetchval(kept) == "no_time"
    assert "Vous" not in await read_page(asking, links["mentor"], "en")


async def test_only_a_no_has_a_reason(asking: ServiceHarness, links: dict[str, str]) -> None:
    await answer(asking, links["mentee"], "accepted", reason="too_far")
    await answer(asking, links["mentor"], "accepted")
    await answer(asking, links["mentee"], "declined", reason="too_far")
    count = "SELECT count(*) FROM proposition_answers WHERE reason IS NOT NULL"
    assert await asking.pool.fetchval(count) == 0
