"""Pages of guardians, and of the association that sees to one."""

from playwright.async_api import Page, expect

from shared.contracts.events import ConsentAsked, SignInAsked
from tests.browser.registration.actions import OWN_ADDRESS, for_everybody, invite, register
from tests.support.service_harness import ServiceHarness


async def test_a_parent_reads_and_consents_by_a_button(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    parent = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}
    _, asked = await register(harness, "mentee", born="2013-03-04", **parent)
    assert isinstance(asked, ConsentAsked)
    await page.goto(
        f"{address}/consentement/{harness.runtime.links.token('consent', asked.request_id)}"
    )
    await for_everybody(page, "consentement")
    await page.get_by_role("button", name="Je donne mon accord").click()
    await expect(page.get_by_role("alert")).to_contain_text("3 points")
    await for_everybody(page, "consentement-a-completer")
    await page.get_by_label("Votre nom de famille").fill("Belvoir")
    await page.get_by_label("Votre lien avec").select_option("mother")
    await page.get_by_label("Je déclare exercer").check()
    await page.get_by_role("button", name="Je donne mon accord").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Merci pour votre accord")
    await for_everybody(page, "consentement-merci")


async def test_a_parents_page_shows_and_stops(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    parent = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}
    mentee, *_ = await register(harness, "mentee", born="2009-05-17", **parent)
    await page.goto(f"{address}/parent/{harness.runtime.links.token('parent', mentee.mentee_id)}")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Où en est la demande")
    await for_everybody(page, "parent")
    await page.get_by_text("Je veux tout arrêter").click()
    await page.get_by_role("button", name="Oui, arrêter maintenant").click()
    await expect(page.get_by_text("Tout est arrêté")).to_be_visible()
    await for_everybody(page, "parent-arret")


async def test_an_association_sees_to_a_guardian(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    mentee, *_ = await register(harness, "mentee", born="2009-05-17")
    await page.goto(
        f"{address}/demande/{harness.runtime.links.token('request', mentee.request_id)}"
    )
    await for_everybody(page, "demande-parent-a-joindre")
    await page.goto(f"{address}/associations/entree")
    await invite(harness, "tandem_avenir")
    await page.get_by_label("Votre adresse mail").fill(OWN_ADDRESS)
    await page.get_by_role("button", name="Recevoir le lien").click()
    asked = next(event for event in await harness.take_events() if isinstance(event, SignInAsked))
    token = harness.runtime.links.token("signin", asked.signin_id)
    await page.goto(f"{address}/associations/entree/{token}")
    await page.get_by_role("button", name="Entrer dans mon espace").click()
    await for_everybody(page, "associations-parents")
    await page.goto(f"{address}/associations/demandes/{mentee.request_id}")
    await for_everybody(page, "association-parent")
    await page.get_by_label("Par téléphone").check()
    await page.get_by_role("button", name="Le parent ou tuteur est informé").click()
    await expect(page.get_by_text("À faire d’abord")).to_have_count(0)
