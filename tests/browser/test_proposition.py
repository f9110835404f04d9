"""The page where both sides are asked, as people meet it: phone, laptop, dark, no JavaScript."""

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from services.matching.service import SERVICE
from tests.browser.test_matching import check_page, serving
from tests.integration.matching.people import mentor, request
from tests.integration.matching.propositions import PROGRAMME, pages, propose
from tests.support.service_harness import HarnessFactory, ServiceHarness

Links = dict[str, str]
WIDTHS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (320, "dark"),
    (390, "light"),
    (1280, "light"),
    (1280, "dark"),
)


@pytest.fixture
async def harness(make_harness: HarnessFactory) -> ServiceHarness:
    """A young person and a mentor who are asked now."""
    matching = await make_harness(SERVICE)
    await matching.pool.execute(
        "INSERT INTO programmes (code, mode) VALUES ($1, 'proposal')", PROGRAMME
    )
    asked = request(PROGRAMME, needs=("internship", "cv_letter", "interview"))
    offered = mentor(offers=("cv_letter", "interview", "network"), slots=("wed_pm", "sat_am"))
    for event in (asked, offered):
        await matching.handle(event)
    await propose(matching, asked, offered)
    return matching


@pytest.fixture
async def links(harness: ServiceHarness) -> AsyncIterator[Links]:
    """Side → whole address of its page."""
    async with serving(harness) as address:
        paths = pages(harness, await harness.take_events())
        yield {side: address + path for side, path in paths.items()}


async def seen_everywhere(browser: Browser, address: str, name: str) -> None:
    for width, scheme in WIDTHS:
        page = await browser.new_page(
            viewport={"width": width, "height": 844}, color_scheme=scheme, locale="fr-FR"
        )
        await page.goto(address)
        await check_page(page, f"proposition-{name}", width, scheme)
        await page.close()


async def tap(browser: Browser, address: str, *buttons: str) -> str:
    """Tap these buttons one after the other, without JavaScript; returns the title then read."""
    page = await browser.new_page(java_script_enabled=False, locale="fr-FR")
    await page.goto(address)
    for button in buttons:
        await page.get_by_role("button", name=button).click()
    heading = await page.get_by_role("heading", level=1).inner_text()
    await page.close()
    return heading.replace("\u202f", " ").replace("\u00a0", " ")


async def test_yes_and_yes(browser: Browser, links: Links) -> None:
    for side, address in links.items():
        await seen_everywhere(browser, address, f"asked-{side}")
    assert await tap(browser, links["mentee"], "Oui, d’accord") == "Ton oui est noté"
    await seen_everywhere(browser, links["mentee"], "waiting-mentee")
    heading = await tap(browser, links["mentor"], "Oui, d’accord")
    assert heading == "Vous avez dit oui tous les deux"
    for side, address in links.items():
        await seen_everywhere(browser, address, f"agreed-{side}")


async def test_no_and_why(browser: Browser, links: Links) -> None:
    assert await tap(browser, links["mentor"], "Oui, d’accord") == "Votre oui est noté"
    await seen_everywhere(browser, links["mentor"], "waiting-mentor")
    assert await tap(browser, links["mentor"], "Finalement, non") == "C’est noté : ce sera non"
    await seen_everywhere(browser, links["mentor"], "declined-mentor")
    await tap(browser, links["mentor"], "Pas le temps en ce moment")
    await seen_everywhere(browser, links["mentor"], "told-mentor")
    await seen_everywhere(browser, links["mentee"], "over-mentee")


async def test_a_page_left_open_is_answered_kindly(
    browser: Browser, links: Links, harness: ServiceHarness
) -> None:
    page = await browser.new_page(java_script_enabled=False, locale="fr-FR")
    await page.goto(links["mentee"])
    harness.clock.advance(days=8)
    await page.get_by_role("button", name="Oui, d’accord").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("n’est plus ouverte")
    await expect(page.get_by_text("Ce n’est la faute de personne")).to_be_visible()
    assert page.url == links["mentee"]
    await page.close()


async def test_the_language_chosen_stays_after_the_tap(browser: Browser, links: Links) -> None:
    page = await browser.new_page(locale="en-GB")
    await page.goto(f"{links['mentor']}?lang=en")
    await asyncio.gather(
        page.wait_for_url("**lang=en"), page.get_by_role("button", name="No, not").click()
    )
    await expect(page.get_by_role("heading", level=1)).to_have_text("Noted: it is a no")
    await expect(page.get_by_text("Would you like to say why?")).to_be_visible()
    await page.close()
