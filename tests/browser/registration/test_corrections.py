"""Pages on which something is sent again or corrected."""

import re

from playwright.async_api import Page, expect

from shared.contracts.events import MenteeRegistered
from tests.browser.registration.actions import fill_young, for_everybody, register
from tests.support.service_harness import ServiceHarness


async def test_a_form_with_other_answers_says_what_to_do(page: Page, address: str) -> None:
    await page.goto(f"{address}/inscription/jeune")
    await fill_young(page)
    key = await page.locator('input[name="form_key"]').get_attribute("value")
    await page.get_by_role("button", name="Envoyer ma demande").click()
    await expect(page).to_have_url(re.compile("/inscription/merci/"))
    await page.goto(f"{address}/inscription/jeune")
    await fill_young(page)
    await page.get_by_label("Ton prénom").fill("Awa")
    await page.evaluate("key => { document.querySelector('[name=form_key]').value = key }", key)
    await page.get_by_role("button", name="Envoyer ma demande").click()
    await expect(page.get_by_role("alert")).to_contain_text("a déjà été envoyé")
    await for_everybody(page, "formulaire-deja-envoye")
    await page.get_by_role("button", name="Envoyer ma demande").click()
    await expect(page).to_have_url(re.compile("/inscription/merci/"))


async def test_a_birth_date_is_corrected(page: Page, address: str, harness: ServiceHarness) -> None:
    events = await register(harness, "mentee", born="2006-05-17")
    (registration,) = [event for event in events if isinstance(event, MenteeRegistered)]
    token = harness.runtime.links.token("request", registration.request_id)
    await page.goto(f"{address}/demande/{token}/naissance")
    await for_everybody(page, "naissance")
    await fill_birth(page, "2001")
    await expect(page.get_by_role("alert")).to_contain_text("l’association doit d’abord vérifier")
    await for_everybody(page, "naissance-refusee")
    await fill_birth(page, "2007")
    await expect(page.get_by_text("La date est corrigée")).to_be_visible()
    await for_everybody(page, "naissance-corrigee")


async def fill_birth(page: Page, year: str) -> None:
    for part, value in (("Jour", "17"), ("Mois", "5"), ("Année", year)):
        await page.get_by_label(part, exact=True).fill(value)
    await page.get_by_role("button", name="Corriger", exact=True).click()
