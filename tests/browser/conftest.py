"""One Chromium for the run, a fresh page for each test."""

from collections.abc import AsyncIterator
from shutil import which

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.accessibility import LAUNCH
from tests.support.waiting import PATIENCE


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium. Without it these tests fail and say what to install; none is skipped."""
    if not which(LAUNCH["executable_path"]):
        pytest.fail("page tests need Chromium: apt-get install chromium", pytrace=False)
    expect.set_options(timeout=PATIENCE * 1000)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(**LAUNCH)
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A French reader's laptop that asks for no motion."""
    opened = await browser.new_page(
        locale="fr-FR", reduced_motion="reduce", viewport={"width": 1280, "height": 800}
    )
    yield opened
    await opened.close()
