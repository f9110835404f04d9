"""Follow-up's pages as people meet them: on a phone, with the keyboard, without JavaScript."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from services.followup.service import SERVICE
from shared.contracts.types import CheckInKind, Side
from shared.service.asgi import build
from tests.browser.accessibility import axe
from tests.integration.followup.pair import ASSOCIATION, Pair, introduction
from tests.support.service_harness import HarnessFactory
from tests.support.signing_in import sign_in_elsewhere

ASKED: tuple[tuple[float, CheckInKind], ...] = (
    (7, "first_meeting"),
    (24, "month_1"),
    (46, "month_3"),
)


@dataclass
class Site:
    """The service behind a real HTTP server, with one pair on its way."""

    address: str
    pair: Pair

    def link(self, kind: CheckInKind, side: Side) -> str:
        return self.address + self.pair.path(self.pair.find_question(kind, side).checkin_id)

    async def sign_in(self, page: Page) -> None:
        cookies = await sign_in_elsewhere(self.pair.harness, ASSOCIATION)
        await page.context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
        )


@pytest.fixture
async def site(make_harness: HarnessFactory) -> AsyncIterator[Site]:
    harness = await make_harness(SERVICE)
    app = build(SERVICE, harness.runtime.settings)
    app.state.runtime.__dict__.update(vars(harness.runtime))  # what its middleware holds too
    event = introduction()
    await harness.handle(event)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        # Without its lifespan: the harness has opened the database, and there is no broker.
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[free]))
        yield Site(f"http://127.0.0.1:{free.getsockname()[1]}", Pair(harness, event))
        server.should_exit = True
        await running


async def addresses(site: Site) -> AsyncIterator[str]:
    """Every page in turn, while the months go by."""
    for days, kind in ASKED:
        await site.pair.days(days)
        yield site.link(kind, "mentee")
        yield site.link(kind, "mentor")
    await site.pair.answer("month_3", "mentor", "close")
    yield site.link("month_3", "mentee")
    yield site.link("month_3", "mentor")
    for answer in ("first_meeting/yes", "month_1/not_well", "month_2/could_be_better"):
        yield f"{site.address}/suivi/merci/mentee/{answer}"
    yield f"{site.address}/suivi/merci/mentor/month_3/renew"
    yield f"{site.address}/coordination"


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
async def test_every_page_is_for_everybody(
    browser: Browser, site: Site, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = await browser.new_page(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale="fr-FR",
        reduced_motion="reduce",
    )
    await site.sign_in(page)
    async for address in addresses(site):
        await page.goto(address)
        assert await axe(page) == [], address
        assert await page.evaluate("document.documentElement.scrollWidth") == width
    await page.close()


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_one_tap_on_a_phone_without_scripts(browser: Browser, site: Site, lang: str) -> None:
    await site.pair.days(31)
    context = await browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 640}, locale=f"{lang}-FR"
    )
    page = await context.new_page()

    await page.goto(site.link("month_1", "mentee"))
    words = {"fr": "Ça ne va pas", "en": "It does not go well"}[lang]
    button = page.get_by_role("button", name=words)
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 64
    assert box["y"] + box["height"] <= 640, "no answer hides below the screen"
    await button.click()

    called = {
        "fr": "Quelqu’un de l’association va t’appeler",
        "en": "Somebody of the association will call you",
    }[lang]
    await expect(page.get_by_text(called)).to_be_visible()
    await context.close()


async def test_a_second_tap_is_answered_calmly(page: Page, site: Site) -> None:
    await site.pair.days(7)
    link = site.link("first_meeting", "mentor")
    await page.goto(link)
    await page.get_by_role("button", name="Oui, c’est fait").click()
    await expect(page.get_by_role("heading", name="Merci")).to_be_visible()

    answer = await page.goto(link)

    assert answer is not None
    assert answer.status == 410
    await expect(page.get_by_text("C’est la première qui compte")).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)


async def test_the_language_can_be_changed_after_the_answer(page: Page, site: Site) -> None:
    await site.pair.days(7)
    await page.goto(site.link("first_meeting", "mentor"))
    await page.get_by_role("button", name="Pas encore").click()

    await page.get_by_role("link", name="English").click()

    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


async def test_enter_in_the_list_of_month_3_decides_nothing(page: Page, site: Site) -> None:
    await site.pair.days(77)
    link = site.link("month_3", "mentee")
    await page.goto(link)
    await page.get_by_role("radio", name="Ça se passe bien").check()

    await page.keyboard.press("Enter")

    await expect(page).to_have_url(f"{link}?lang=fr&mood=well")
    await expect(page.get_by_role("radio", name="Ça se passe bien")).to_be_checked()
    await page.get_by_role("button", name="Continuer trois mois").click()
    thanks = f"{site.address}/suivi/merci/mentee/month_3/renew"
    await expect(page).to_have_url(f"{thanks}?mood=well&lang=fr")


async def test_a_coordinator_works_the_queue_off(page: Page, site: Site) -> None:
    await site.pair.days(60)
    await site.sign_in(page)
    await page.goto(f"{site.address}/coordination")
    rows = page.get_by_role("row")
    await expect(rows).to_have_count(3)

    await page.get_by_role("button", name="C’est traité").first.click()
    await expect(rows).to_have_count(2)
    await page.get_by_role("button", name="C’est traité").click()

    await expect(page.get_by_text("Aucune alerte")).to_be_visible()
