"""`/rounds`: figures of pools and rounds, and nothing of anybody."""

import asyncio
import json
import multiprocessing
import random
from typing import Any
from uuid import uuid4

import pytest

from services.matching.entrypoints.pages.page_templates import figure, share
from services.matching.gateways.certificate_data import certificate_from
from services.matching.use_cases.compute_signal import compute_latest_signal
from services.matching.use_cases.run_rounds import RoundRunner
from tests.integration.matching.conftest import RunnerFactory
from tests.integration.matching.faults import break_a_gate, miss_the_best
from tests.integration.matching.people import mentor, request
from tests.integration.matching.stored_pairs import last_round
from tests.integration.matching.test_export import hold, people
from tests.support.service_harness import ServiceHarness
from tests.support.signing_in import sign_in_elsewhere
from tests.support.waiting import until

FAIR = {
    "version": "équité-1",
    "min_score": 0.1,
    "floors": [{"public": "ase", "share": 0.25}, {"public": "rural", "share": 1.0}],
}


async def read_page(matching: ServiceHarness, lang: str = "fr") -> str:
    response = await matching.client.get("/rounds", params={"lang": lang})
    assert response.status_code == 200
    return response.text


async def test_the_page_without_rounds(matching: ServiceHarness) -> None:
    assert "Aucune tournée pour l’instant" in await read_page(matching)
    assert "No round yet" in await read_page(matching, "en")


async def test_shows_rounds_and_nobody(matching: ServiceHarness, runner: RoundRunner) -> None:
    asked, offered = request(), mentor(capacity=3)
    for event in (asked, offered, request(level="primary")):
        await matching.handle(event)
    await runner.step()

    page = await read_page(matching)

    assert "10 janvier 2026 à 10" in page
    assert "national" in page
    assert "Publiée" in page
    assert "<dd>1</dd>" in page, "one still waits, one pair was made"
    assert "<dd>2</dd>" in page, "two places of three are free"
    for identity in (asked.request_id, asked.mentee_id, offered.mentor_id):
        assert str(identity) not in page


async def test_a_round_in_hand_has_no_figures_yet(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    await matching.handle(request())
    await matching.handle(mentor())
    await runner.ask()
    assert "pas encore" in await read_page(matching)
    assert "En attente" in await read_page(matching)


async def round_page(matching: ServiceHarness, held: object, lang: str = "fr") -> str:
    response = await matching.client.get(f"/rounds/{held}", params={"lang": lang})
    assert response.status_code == 200
    return response.text.replace("\u202f", " ").replace("\u00a0", " ")


async def fair_round(matching: ServiceHarness, runner: RoundRunner) -> str:
    await people(matching, random.Random(11), 20, 6)
    return await hold(matching, runner, FAIR)


async def test_a_round_shows_what_is_proved(matching: ServiceHarness, runner: RoundRunner) -> None:
    held = await fair_round(matching, runner)
    stored = await last_round(matching)
    proof = stored["certificate"]

    page = await round_page(matching, held)

    made = proof["most_pairs"]["value"]
    assert f"Le plus possible : {made}. Personne ne peut en former {made + 1}" in page
    first, second = proof["floors"]
    assert f"{first['wanted']} voulus, {first['served']} servis. Le plancher est tenu." in page
    assert second["value"] < second["wanted"], "else the page has nothing to say of it"
    assert f"{second['wanted']} voulus, {second['served']} servis. Personne ne peut" in page
    assert "Prix de l’équité" in page
    assert "Prouvé par les prix seuls" in page
    assert "équité-1" in page
    assert "au moins 25,0 % des binômes" in page
    assert "Nobody can make" in await round_page(matching, held, "en")


async def test_an_open_page_names_nobody_even_by_a_price(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    held = await fair_round(matching, runner)
    stored = await last_round(matching)
    assert stored["certificate"]["most_pairs"]["prices"]["mentors"], "else nothing could leak"
    ids = [str(row["mentor_id"]) for row in await matching.pool.fetch("SELECT * FROM mentors")]
    ids += [str(row["request_id"]) for row in await matching.pool.fetch("SELECT * FROM requests")]
    for page in (await round_page(matching, held), await read_page(matching)):
        assert [one for one in ids if one in page] == []


async def test_the_certificate_is_for_associations(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    held = await fair_round(matching, runner)
    address = f"/rounds/{held}/certificate.json"
    refused = await matching.client.get(address)
    assert refused.status_code == 403
    assert "prices" not in refused.text
    assert "certificate.json" not in await round_page(matching, held)

    matching.client.cookies.update(await sign_in_elsewhere(matching, "tandem_avenir"))
    given = await matching.client.get(address)
    assert given.status_code == 200
    assert given.headers["content-type"] == "application/json"
    stored = await last_round(matching)
    assert certificate_from(json.loads(given.text)) == certificate_from(stored["certificate"])
    assert address in await round_page(matching, held)


async def test_rounds_that_went_wrong_say_so(
    matching: ServiceHarness, runners: RunnerFactory
) -> None:
    for event in (request(), request(level="primary"), mentor(capacity=2, cleared=True)):
        await matching.handle(event)
    await matching.handle(mentor(cleared=False))
    held = await hold(matching, runners(solved_by=break_a_gate))
    page = await round_page(matching, held)
    assert "Le contrôle a écarté des binômes : 1" in page
    assert "<code>safety</code> 1" in page

    matching.clock.advance(hours=2)
    for event in (request(), mentor()):
        await matching.handle(event)
    held = await hold(matching, runners(solved_by=miss_the_best))
    assert "Cette tournée n’a rien donné" in await round_page(matching, held)


async def test_a_round_by_score_alone_has_no_floors(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    for event in (request(), mentor()):
        await matching.handle(event)
    held = await hold(matching, runner, {"version": "s", "objective": "score"})
    page = await round_page(matching, held)
    assert "Le meilleur score" in page
    assert "Prix de l’équité" not in page


async def test_a_round_in_hand_or_unknown(matching: ServiceHarness, runner: RoundRunner) -> None:
    await matching.handle(request())
    await matching.handle(mentor())
    await runner.ask()
    stored = await last_round(matching)
    page = await round_page(matching, stored["round_id"])
    assert "En attente" in page
    assert "Ce qui est prouvé" not in page
    matching.client.cookies.update(await sign_in_elsewhere(matching, "tandem_avenir"))
    waiting = await matching.client.get(f"/rounds/{stored['round_id']}/certificate.json")
    unknown = await matching.client.get(f"/rounds/{uuid4()}")
    assert (waiting.status_code, unknown.status_code) == (404, 404)


async def kinds(matching: ServiceHarness) -> list[Any]:
    return list(await matching.pool.fetch("SELECT * FROM round_signals ORDER BY held_at"))


async def test_the_page_shows_whom_to_recruit(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    for _ in range(6):
        await matching.handle(request(level="primary", needs=("schoolwork",), department="93"))
    for event in (request(), mentor()):
        await matching.handle(event)
    held = await hold(matching, runner)

    async def says_whom() -> bool:  # the first look waits for it for some seconds only
        return "Qui recruter en premier" in await read_page(matching)

    await until(says_whom)
    page = await read_page(matching)

    assert "Seine-Saint-Denis (93)" in page
    assert "+ 1 binôme" in page
    (kept,) = await kinds(matching)
    assert str(kept["round_id"]) == held
    assert {"need": "schoolwork", "level": "primary", "territory": "93"}.items() <= (
        kept["kinds"][0].items() | kept["kinds"][1].items()
    )
    assert [kind["waiting"] for kind in kept["kinds"][:2]] == [6, 6]
    assert "Qui recruter, d’après cette tournée" in await round_page(matching, held)


async def test_few_people_are_not_counted_out(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    for event in (request(), request(level="primary"), mentor()):
        await matching.handle(event)
    await hold(matching, runner)
    await compute_latest_signal(matching.runtime)
    assert "moins de 5" in await read_page(matching)


async def test_a_signal_is_worked_out_once_for_the_newest_round(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    for event in (request(), request(level="primary"), mentor()):
        await matching.handle(event)
    await hold(matching, runner)
    await asyncio.gather(*(compute_latest_signal(matching.runtime) for _ in range(4)))
    (first,) = await kinds(matching)
    assert first["kinds"]

    matching.clock.advance(hours=2)
    for event in (request(), mentor()):
        await matching.handle(event)
    newest = await hold(matching, runner)
    await compute_latest_signal(matching.runtime)
    await compute_latest_signal(matching.runtime)
    assert [str(row["round_id"]) for row in await kinds(matching)][1:] == [newest]


async def test_a_process_that_dies_is_no_answer(
    matching: ServiceHarness, runner: RoundRunner
) -> None:
    for event in (request(), request(level="primary"), mentor()):
        await matching.handle(event)
    await hold(matching, runner)
    await matching.pool.execute("UPDATE rounds SET certificate = '{}'")
    await compute_latest_signal(matching.runtime)
    assert "Qui recruter" not in await read_page(matching)
    assert [row["kinds"] for row in await kinds(matching)] == [None]


def processes() -> set[int | None]:
    """Our processes that compute: this test's, and the one that solves rounds for all tests."""
    return {child.pid for child in multiprocessing.active_children()}


async def test_the_process_ends_with_us(matching: ServiceHarness, runner: RoundRunner) -> None:
    for event in (request(), request(level="primary"), mentor()):
        await matching.handle(event)
    await hold(matching, runner)
    before = processes()
    weighing = asyncio.create_task(compute_latest_signal(matching.runtime))

    async def is_started() -> bool:
        return processes() > before

    async def is_gone() -> bool:
        return processes() == before

    await until(is_started)
    weighing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await weighing
    await until(is_gone)


def test_figures_are_written_as_their_readers_do() -> None:
    assert figure(1204.5, 2, "fr") == "1\u202f204,50"
    assert figure(1204.5, 2, "en") == "1,204.50"
    assert (share(0.0, "fr"), share(4e-7, "en")) == ("0\u00a0%", "0%")
    assert share(0.0123, "fr") == "1,2300\u00a0%"
