"""The pages of matching as people meet it: phone, laptop, in the dark, without JavaScript."""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from services.matching.service import SERVICE
from services.matching.solver_process.process import SolverProcess
from services.matching.use_cases.compute_signal import compute_latest_signal
from services.matching.use_cases.refresh_metrics import RoundMetrics
from services.matching.use_cases.run_rounds import RoundRunner
from services.matching.use_cases.select_mentors import open_selection
from shared.service.asgi import build
from tests.browser.accessibility import axe
from tests.integration.matching.people import mentor, request
from tests.support.service_harness import HarnessFactory, ServiceHarness

DAYS = 6
POLICY = {
    "version": "2026-01",
    "floors": [{"public": "qpv", "share": 0.5}, {"public": "ase", "share": 0.2}],
}
SHOTS = os.environ.get("BINOME_TEST_SHOTS")
"""A folder for pictures of what was tested, for whoever wants to look."""


@pytest.fixture
async def harness(
    make_harness: HarnessFactory,
) -> AsyncIterator[ServiceHarness]:
    """Matching after some days: a few wait, most are paired, one round is being solved."""
    matching, solver_process = await make_harness(SERVICE), SolverProcess()
    runner = RoundRunner(matching.runtime, solver_process, RoundMetrics(matching.runtime.metrics))
    for _ in range(6):
        await matching.handle(
            request(needs=("orientation",), level="lycee_pro", department="93", publics=("ase",))
        )
    for day in range(DAYS):
        for _ in range(2 + day % 4):
            await matching.handle(request(publics=("qpv",)))
        await matching.handle(mentor(capacity=1 + day % 3))
        await runner.ask()
        await matching.pool.execute("UPDATE rounds SET policy = $1 WHERE pairs IS NULL", POLICY)
        await runner.step()
        matching.clock.advance(days=1)
    await matching.handle(request(programme="outre-mer"))
    await matching.handle(mentor())
    await runner.ask()
    await compute_latest_signal(matching.runtime)
    yield matching
    await solver_process.close()


@pytest.fixture
async def address(harness: ServiceHarness) -> AsyncIterator[str]:
    async with serving(harness) as found:
        yield found


@asynccontextmanager
async def serving(harness: ServiceHarness) -> AsyncIterator[str]:
    """The staged service on a free port of the loopback."""
    app = build(SERVICE, harness.runtime.settings)
    app.state.runtime.__dict__.update(vars(harness.runtime))  # what its middleware holds too
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        # Without its lifespan: the harness has opened the database, and there is no broker.
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[free]))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        await running


async def picture(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"rounds-{name}.png", full_page=True)


async def test_the_page_is_for_everybody(browser: Browser, address: str) -> None:
    seen: tuple[tuple[int, Literal["light", "dark"]], ...] = (
        (320, "dark"),
        (360, "light"),
        (1280, "light"),
        (1280, "dark"),
    )
    for width, scheme in seen:
        page = await browser.new_page(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale="fr-FR"
        )
        await page.goto(f"{address}/rounds")
        await check_page(page, "all", width, scheme)
        await page.get_by_role("rowheader").get_by_role("link").nth(1).click()
        await check_page(page, "one", width, scheme)
        await page.goto(f"{page.url}/certificate.json")
        await check_page(page, "closed", width, scheme)
        await page.close()


async def check_page(page: Page, name: str, width: int, scheme: str) -> None:
    """No fault against WCAG, nothing wider than the screen."""
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert await axe(page) == [], (name, width, scheme)
    assert await page.evaluate("document.documentElement.scrollWidth") == width, (name, width)
    await picture(page, f"{name}-{width}-{scheme}")


@pytest.fixture
async def selection(make_harness: HarnessFactory) -> AsyncIterator[str]:
    """The address of a selection: three pupils, one of whom nobody can help."""
    matching = await make_harness(SERVICE)
    await matching.pool.execute(
        "INSERT INTO programmes (code, mode) VALUES ('lycees', 'selection')"
    )
    asked = [
        request(programme="lycees", remote=False),
        request(programme="lycees", needs=("job", "interview", "network"), sectors=("digital",)),
        request(programme="lycees", level="primary"),
    ]
    near = [mentor(), mentor(commune="69123", slots=("wed_pm", "sat_am"))]
    far = [mentor(department="75", offers=("job", "interview")), mentor(department="01")]
    for event in (*asked, *near, *far):
        await matching.handle(event)
    async with matching.runtime.begin() as tx:
        ids = [one.request_id for one in asked]
        opened = await open_selection("tandem_avenir", ids, 5, 14, tx)
    async with serving(matching) as address:
        yield f"{address}/selection/{matching.runtime.links.token('selection', opened)}"


async def test_an_establishment_chooses_without_scripts(browser: Browser, selection: str) -> None:
    page = await browser.new_page(java_script_enabled=False, locale="fr-FR")
    await page.goto(selection)
    second = page.get_by_role("table", name="Mentors possibles pour l’élève 2")
    await expect(second.get_by_role("rowheader")).to_have_count(4)
    await page.get_by_role("button", name="Choisir le mentor 1 pour l’élève 2").click()
    await expect(page.get_by_text("Mentor choisi")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("l’élève 2"))).to_have_count(0)
    await expect(page.get_by_text("Aucun mentor ne convient")).to_be_visible()
    await page.close()


async def test_the_choice_is_for_everybody(browser: Browser, selection: str) -> None:
    seen: tuple[tuple[int, Literal["light", "dark"]], ...] = (
        (320, "dark"),
        (360, "light"),
        (1280, "light"),
    )
    for width, scheme in seen:
        page = await browser.new_page(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale="fr-FR"
        )
        await page.goto(selection)
        await check_page(page, "choice", width, scheme)
        if width == 1280:
            other = await browser.new_page(locale="fr-FR")
            await other.goto(selection)
            await other.get_by_role("button", name="le mentor 1 pour l’élève 1").click()
            await page.get_by_role("button", name="le mentor 1 pour l’élève 1").click()
            await expect(page.get_by_text("Cet élève a déjà un mentor")).to_be_in_viewport()
            await check_page(page, "gone", width, scheme)
            await other.close()
        await page.close()


async def test_a_round_is_read_in_english_too(browser: Browser, address: str) -> None:
    page = await browser.new_page(locale="en-GB")
    await page.goto(f"{address}/rounds")
    await expect(page.get_by_role("table", name="Whom to recruit first")).to_be_visible()
    await page.get_by_role("rowheader").get_by_role("link").nth(1).click()
    await expect(page.get_by_role("heading", name="What is proved")).to_be_visible()
    await expect(page.get_by_text("Nobody can make")).to_be_visible()
    await page.close()


async def test_without_scripts_it_shows_the_same_numbers(browser: Browser, address: str) -> None:
    page = await browser.new_page(java_script_enabled=False, locale="fr-FR")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{address}/rounds")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tournées d’appariement")
    table = page.get_by_role("table", name="Dernières tournées")
    await expect(table.get_by_role("rowheader")).to_have_count(DAYS + 1)
    await expect(table.get_by_role("row").nth(1)).to_contain_text("outre-mer")
    await expect(page.get_by_role("img", name="Binômes formés")).to_be_visible()
    await page.get_by_text("Voir les chiffres").first.click()
    await expect(page.get_by_role("table", name="Jeunes qui attendent encore")).to_be_visible()
    assert [url for url in asked if not url.startswith(address)] == []
    await page.close()
