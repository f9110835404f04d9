"""The common templates in a real browser: axe, narrow phones, keyboard, no script, no other
host."""

from collections.abc import AsyncIterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.accessibility import axe
from tests.browser.gallery import SAMPLES, gallery, serving

PAGES = (*SAMPLES, "erreur/404", "erreur/410", "erreur/500")
LAPTOP, PHONE = 1280, 360


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    async with serving(gallery()) as found:
        yield found


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (LAPTOP, "dark")])
async def test_axe_finds_nothing(
    browser: Browser, address: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = await browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    for name in PAGES:
        await page.goto(f"{address}/{name}")
        assert await axe(page) == [], name
    await page.close()


async def test_axe_finds_nothing_in_a_mail(page: Page, address: str) -> None:
    await page.goto(f"{address}/lettre")
    # A mail stands inside the page of a mail reader, which has the landmarks.
    outside = {"landmark-one-main", "region"}
    assert [found for found in await axe(page) if found["rule"] not in outside] == []


async def test_axe_sees_a_planted_fault(page: Page, address: str) -> None:
    await page.goto(f"{address}/jeune")
    await page.evaluate("document.querySelector('label').remove()")
    assert "label" in {violation["rule"] for violation in await axe(page)}


@pytest.mark.parametrize("name", [*PAGES, "lettre"])
async def test_nothing_is_wider_than_a_small_phone(page: Page, address: str, name: str) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(f"{address}/{name}")
    assert await page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("name", SAMPLES)
async def test_targets_are_at_least_44_pixels(page: Page, address: str, name: str) -> None:
    await page.set_viewport_size({"width": 360, "height": 800})
    await page.goto(f"{address}/{name}")
    small = await page.evaluate(SMALL_TARGETS)
    assert small == []


# A box is pressed by its label; hidden fields and those away from the page are no targets.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, select, textarea,"
    + " input:not([type=checkbox], [type=radio], [type=hidden]), .box label, .slot label")]
  .filter(e => !e.closest(".away, .skip") && !e.matches(".door a"))
  .map(e => [e.textContent.trim() || e.name, e.getBoundingClientRect()])
  .filter(([, r]) => r.height < 43.9 || r.width < 43.9)
  .map(([words, r]) => `${words} ${r.width}x${r.height}`)"""


async def test_each_line_of_the_summary_leads_to_its_field(page: Page, address: str) -> None:
    await page.goto(f"{address}/refus")
    links = page.locator(".summary a")
    assert await links.count() == 4
    for link in await links.all():
        await link.click()
        wanted = (await link.get_attribute("href") or "").removeprefix("#")
        assert await page.evaluate("document.activeElement.id") == wanted


async def test_the_summary_has_the_focus_and_the_title_counts_errors(
    page: Page, address: str
) -> None:
    await page.goto(f"{address}/refus")
    await expect(page.locator(".summary")).to_be_focused()
    assert (await page.title()).startswith("Erreur")


async def test_the_first_tab_offers_to_skip_to_the_content(page: Page, address: str) -> None:
    await page.goto(f"{address}/accueil")
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def test_focus_is_always_seen(page: Page, address: str) -> None:
    await page.goto(f"{address}/jeune")
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await page.evaluate(SEEN_FOCUS), await page.evaluate("document.activeElement.id")


SEEN_FOCUS = """() => {
  const marked = [document.activeElement, document.activeElement.nextElementSibling];
  return marked.some(e => e && parseFloat(getComputedStyle(e).outlineWidth) >= 2
    && getComputedStyle(e).outlineStyle !== "none");
}"""


async def test_a_form_works_without_scripts_and_keeps_the_language(
    browser: Browser, address: str
) -> None:
    page = await browser.new_page(java_script_enabled=False, locale="fr-FR")
    await page.goto(f"{address}/suivi")
    await page.get_by_role("link", name="English").click()
    await page.get_by_role("button", name="It goes well").click()
    assert urlsplit(page.url).query == "lang=en"
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hello Inès")
    await page.close()


@pytest.mark.parametrize("name", [*PAGES, "lettre", "asyncapi"])
async def test_no_page_asks_another_host_or_breaks_its_policy(
    page: Page, address: str, name: str
) -> None:
    asked: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: messages.append(line.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    await page.goto(f"{address}/{name}")
    if name == "asyncapi":
        await expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert [line for line in messages if "responded with a status of" not in line] == []


async def test_the_messages_of_a_service_are_shown(page: Page, address: str) -> None:
    await page.goto(f"{address}/asyncapi")
    await expect(page.get_by_text("Take a request into its pool.").first).to_be_visible()
    await expect(page.locator(".viewer")).to_contain_text("PairProposed")
