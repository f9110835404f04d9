"""The forms of registration: phone and laptop, faults or none, with script or without."""

from playwright.async_api import Browser, Page, expect

from tests.browser.registration.actions import fill_young, for_everybody


async def test_a_young_person_registers_and_sees_that_it_arrived(page: Page, address: str) -> None:
    await page.goto(address)
    await for_everybody(page, "home")
    await page.get_by_role("link", name="Je cherche un mentor").click()
    await for_everybody(page, "jeune")
    await fill_young(page)
    await page.get_by_role("button", name="Envoyer ma demande").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c’est bien arrivé")
    await for_everybody(page, "merci")
    await page.get_by_role("link", name="Voir où en est ma demande").click()
    await expect(page.get_by_text("Formulaire reçu")).to_be_visible()
    await for_everybody(page, "recu")


async def test_the_summary_leads_to_each_field_and_keeps_what_was_good(
    page: Page, address: str
) -> None:
    await page.goto(f"{address}/inscription/jeune")
    await fill_young(page)
    await page.get_by_label("Année").fill("2095")
    await page.get_by_label("Ton mobile").fill("+44 7700 900123")
    await page.get_by_label("Je suis d’accord").uncheck()
    await page.get_by_role("button", name="Envoyer ma demande").click()
    await for_everybody(page, "jeune-fautes")
    summary = page.get_by_role("alert")
    await expect(summary.get_by_role("link")).to_have_count(3)
    for name in ("born", "phone", "consent"):
        await summary.locator(f'a[href="#{name}"]').click()
        assert await page.evaluate("document.activeElement.id") == name
    await expect(page.get_by_label("Ton prénom")).to_have_value("Inès")
    await expect(page.get_by_label("Trouver un stage")).to_be_checked()
    assert "Erreur" in await page.title()


async def test_the_mentors_form_in_both_languages(page: Page, address: str) -> None:
    await page.goto(f"{address}/inscription/mentor")
    await for_everybody(page, "mentor")
    await page.get_by_role("link", name="English").click()
    await page.get_by_role("button", name="Send my registration").click()
    await expect(page.get_by_role("alert")).to_contain_text("Write the first name.")
    assert page.url.endswith("?lang=en")
    await for_everybody(page, "mentor-faults-en")


async def test_without_javascript_it_works_alike(browser: Browser, address: str) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = await context.new_page()
    await page.goto(f"{address}/inscription/jeune")
    await fill_young(page)
    await page.get_by_role("button", name="Envoyer ma demande").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c’est bien arrivé")
    await context.close()
