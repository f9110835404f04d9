"""Two registrations that may be one: pages of the person and of the association that decides."""

from playwright.async_api import Page, expect

from shared.contracts.events import ContactChanged, SignInAsked
from tests.browser.registration.actions import OWN_ADDRESS, for_everybody, invite, register
from tests.support.service_harness import ServiceHarness


async def test_two_registrations_that_may_be_one(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    (first, *_) = await register(harness, "mentee")
    await register(harness, "mentee")
    await register(harness, "mentee", email="troisieme@exemple.fr")
    token = harness.runtime.links.token("request", first.request_id)
    await page.goto(f"{address}/demande/{token}")
    await expect(page.get_by_role("button", name="C’était moi")).to_have_count(2)
    await for_everybody(page, "demande-doublon")
    await page.get_by_role("button", name="C’était moi").first.click()
    await expect(page.get_by_role("button", name="C’était moi")).to_have_count(1)
    await page.get_by_role("link", name="Changer d’adresse ou de mobile").click()
    await for_everybody(page, "contact")
    await page.get_by_role("button", name="Changer").click()
    await expect(page.get_by_role("alert")).to_contain_text("adresse mail")
    await page.get_by_label("Nouvelle adresse mail").fill("nouvelle@exemple.fr")
    await page.get_by_role("button", name="Changer").click()
    await expect(page.get_by_text("C’est changé")).to_be_visible()
    await for_everybody(page, "contact-change")
    (changed,) = [
        event for event in await harness.take_events() if isinstance(event, ContactChanged)
    ]
    stop = harness.runtime.links.token("contact", changed.change_id)
    await page.goto(f"{address}/contact-change/{stop}")
    await for_everybody(page, "contact-arreter")
    await page.get_by_role("button", name="Ce n’était pas moi").click()
    await expect(page.get_by_text("Le changement est arrêté")).to_be_visible()
    await decide_doubt(page, address, harness)


async def decide_doubt(page: Page, address: str, harness: ServiceHarness) -> None:
    await invite(harness, "tandem_avenir")
    await harness.client.post("/associations/entree", data={"email": OWN_ADDRESS})
    (asked,) = [event for event in await harness.take_events() if isinstance(event, SignInAsked)]
    token = harness.runtime.links.token("signin", asked.signin_id)
    await page.goto(f"{address}/associations/entree/{token}")
    await page.get_by_role("button", name="Entrer dans mon espace").click()
    await page.get_by_role("link", name="Doublons possibles").click()
    await expect(page.get_by_text("Marchandeau")).to_have_count(0)
    await for_everybody(page, "doublons")
    await choose_a_namesake(page)
    await page.get_by_role("link", name="Décider").first.click()
    await for_everybody(page, "doublon")
    await page.get_by_role("button", name="Voir l’identité").click()
    await expect(page.get_by_text("Inès Marchandeau")).to_be_visible()
    await for_everybody(page, "doublon-identite")
    await page.get_by_role("button", name="Décider").click()
    await expect(page.get_by_role("alert")).to_contain_text("la même personne")
    await page.get_by_label("une autre personne").check()
    await page.get_by_role("button", name="Décider").click()
    await expect(page.get_by_text("Aucun doublon à trancher")).to_be_visible()
    await for_everybody(page, "doublons-vide")
    await page.get_by_role("link", name="Contact perdu").click()
    await for_everybody(page, "contact-perdu")
    await page.get_by_role("button", name="Demander le changement").click()
    await expect(page.get_by_role("alert")).to_contain_text("Dites comment vous avez vérifié")


async def choose_a_namesake(page: Page) -> None:
    """Two of one name and birth date: one lost mailbox and phone."""
    doubts = page.url
    await page.goto(doubts.replace("/doublons", "/contact"))
    await page.get_by_label("Prénom").fill("Inès")
    await page.get_by_label("Nom de famille").fill("Marchandeau")
    for part, value in (("Jour", "17"), ("Mois", "5"), ("Année", "2006")):
        await page.get_by_label(part, exact=True).fill(value)
    await page.get_by_label("Sur place").check()
    await page.get_by_label("Nouvelle adresse mail").fill("encore@exemple.fr")
    await page.get_by_role("button", name="Demander le changement").click()
    await expect(page.get_by_role("alert")).to_contain_text("choisissez")
    await for_everybody(page, "contact-homonymes")
    await page.locator("input[name=which]").first.check()
    await page.get_by_role("button", name="Demander le changement").click()
    await expect(page.get_by_text("Le changement est demandé")).to_be_visible()
    await page.goto(doubts)
