"""What people do on the pages of registration, and what holds for every page."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.async_api import Page

from services.registration.use_cases.sign_in import invite_user
from shared.contracts.events import MenteeRegistered
from tests.browser.accessibility import axe
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

SHOTS = os.environ.get("BINOME_TEST_SHOTS")
"""A folder for pictures of what was tested, for whoever wants to look."""

PASSERELLE = "passerelle_idf"
BY_HAND: dict[str, Any] = {"department": "93", "needs": ["orientation"], "publics": ["qpv"]}
OWN_ADDRESS = "camille@exemple.fr"
NAMES = ("Arbolin", "Belvoir", "Cadrazel", "Dunoyal", "Erminac")
KEY = "bnm_only-for-tests"


async def register(harness: ServiceHarness, kind: str, **fields: Any) -> list[Any]:
    """Register somebody by the API; the events that this published."""
    person = young(**fields) if kind == "mentee" else volunteer(**fields)
    answer = await harness.client.post(
        "/api/v1/registrations",
        json={"kind": kind, **person},
        headers={"Authorization": f"Bearer {KEY}"},
    )
    assert answer.status_code == 202, answer.text
    return await harness.take_events()


async def picture(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def for_everybody(page: Page, name: str) -> None:
    """Nothing for axe to find, nothing beside the screen, on a phone and on a laptop."""
    for width in (320, 360, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        overflow = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, (name, width)
        if width > 320:
            assert await axe(page) == [], (name, width)
            await picture(page, f"{name}-{width}")


async def fill_young(page: Page) -> None:
    await page.get_by_label("Ton prénom").fill("Inès")
    await page.get_by_label("Ton nom de famille").fill("Marchandeau")
    await page.get_by_label("Jour").fill("17")
    await page.get_by_label("Mois").fill("5")
    await page.get_by_label("Année").fill("2009")
    await page.get_by_label("Ton adresse mail").fill("ines.marchandeau@exemple.fr")
    await page.get_by_label("Ton département").select_option("69")
    await page.locator('input[name="level"][value="lycee"]').check()
    await page.get_by_label("Trouver un stage").check()
    await page.locator('label[for="slots-wed_pm"]').click()
    await page.get_by_label("Je suis d’accord").check()


async def invite(harness: ServiceHarness, association: str) -> None:
    """Somebody who may act for the association; their first link is left unread."""
    async with harness.runtime.begin() as tx:
        await invite_user("camille", association, OWN_ADDRESS, tx)
    await harness.take_events()


def pair_of(mentee: MenteeRegistered) -> dict[str, Any]:
    ids = mentee.model_dump(include={"request_id", "mentee_id"})
    return ids | {"pair_id": uuid4(), "mentor_id": uuid4(), "association": "tandem_avenir"}
