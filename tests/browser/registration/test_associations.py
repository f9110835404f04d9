"""Pages of an association: requests, who asks, clearances."""

from uuid import uuid4

from playwright.async_api import Page, expect

from shared.contracts.events import EngagementEnded, SignInAsked
from tests.browser.registration.actions import (
    BY_HAND,
    NAMES,
    OWN_ADDRESS,
    PASSERELLE,
    for_everybody,
    invite,
    pair_of,
    register,
)
from tests.support.service_harness import ServiceHarness


async def test_a_coordinator_signs_in_takes_charge_and_sees_who_asks(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    for n, name in enumerate(NAMES):
        person = {"last_name": name, "email": f"jeune{n}@exemple.fr"}
        await register(harness, "mentee", **BY_HAND | person)
        harness.clock.advance(hours=15)
    await page.goto(f"{address}/associations")
    await for_everybody(page, "entree")
    await invite(harness, PASSERELLE)
    await page.get_by_label("Votre adresse mail").fill(OWN_ADDRESS)
    await page.get_by_role("button", name="Recevoir le lien").click()
    await for_everybody(page, "entree-envoyee")
    (asked,) = await harness.take_events()
    assert isinstance(asked, SignInAsked)
    await page.goto(
        f"{address}/associations/entree/{harness.runtime.links.token('signin', asked.signin_id)}"
    )
    await for_everybody(page, "entree-bouton")
    await page.get_by_role("button", name="Entrer dans mon espace").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Demandes à confirmer")
    await page.get_by_role("button", name="Prendre en charge").first.click()
    await expect(page.get_by_role("button", name="Voir l’identité")).to_be_visible()
    await expect(page.get_by_text("Arbolin")).to_have_count(0)
    await for_everybody(page, "demande-en-charge")
    await page.get_by_role("button", name="Voir l’identité").click()
    await expect(page.get_by_text("Inès Arbolin")).to_be_visible()
    await for_everybody(page, "demande-identite")
    await page.get_by_role("link", name="Toutes les demandes").click()
    await for_everybody(page, "associations")
    await page.get_by_role("row").nth(1).get_by_role("link").click()
    await for_everybody(page, "demande-a-confirmer")
    await page.get_by_role("button", name="Confier à une autre association").click()
    await expect(page.get_by_role("alert")).to_contain_text("Indiquez pourquoi")
    await for_everybody(page, "demande-refus-sans-motif")
    await page.get_by_label("Plus de place en ce moment").check()
    await page.get_by_role("button", name="Confier à une autre association").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Demandes à confirmer")
    await page.get_by_role("button", name="Se déconnecter").click()
    await expect(page.get_by_label("Votre adresse mail")).to_be_visible()


async def test_who_asked_is_closed_thirty_days_after_the_end(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    mentee = (await register(harness, "mentee", **BY_HAND))[0]
    await invite(harness, PASSERELLE)
    await harness.client.post("/associations/entree", data={"email": OWN_ADDRESS})
    (asked,) = await harness.take_events()
    assert isinstance(asked, SignInAsked)
    token = harness.runtime.links.token("signin", asked.signin_id)
    await page.goto(f"{address}/associations/entree/{token}")
    await page.get_by_role("button", name="Entrer dans mon espace").click()
    await page.get_by_role("button", name="Prendre en charge").first.click()
    ids = pair_of(mentee) | {"engagement_id": uuid4(), "reason": "completed"}
    await harness.handle(EngagementEnded.model_validate(ids))
    harness.clock.advance(days=30)
    await page.reload()
    await expect(page.get_by_text("n’est plus consultable")).to_be_visible()
    await expect(page.get_by_role("button", name="Voir l’identité")).to_have_count(0)
    await for_everybody(page, "demande-identite-fermee")


async def test_an_empty_work_queue(page: Page, address: str, harness: ServiceHarness) -> None:
    await invite(harness, "pas_a_pas")
    await harness.client.post("/associations/entree", data={"email": OWN_ADDRESS})
    (asked,) = await harness.take_events()
    assert isinstance(asked, SignInAsked)
    token = harness.runtime.links.token("signin", asked.signin_id)
    await page.goto(f"{address}/associations/entree/{token}?lang=en")
    await page.get_by_role("button", name="Enter my space").click()
    await expect(page.get_by_text("No request waits for your answer")).to_be_visible()
    await for_everybody(page, "associations-vide")


async def test_an_association_clears_a_mentor_and_withdraws(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    mine = {"association": PASSERELLE}
    await register(harness, "mentor", **mine, cleared="2026-12-31")
    for n, name in enumerate(NAMES[:3]):
        person = {"last_name": name, "email": f"mentor{n}@exemple.fr", "reference": f"m-{n}"}
        cleared = {"cleared": "2026-02-01" if n == 0 else n == 1}
        await register(harness, "mentor", **mine, **person, **cleared)
    await invite(harness, PASSERELLE)
    await harness.client.post("/associations/entree", data={"email": OWN_ADDRESS})
    (asked,) = await harness.take_events()
    assert isinstance(asked, SignInAsked)
    token = harness.runtime.links.token("signin", asked.signin_id)
    await page.goto(f"{address}/associations/entree/{token}")
    await page.get_by_role("button", name="Entrer dans mon espace").click()
    await page.get_by_role("link", name="Mentors").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mentors à habiliter")
    await expect(page.get_by_text("Lenormand")).to_have_count(0)
    await for_everybody(page, "mentors")
    await page.get_by_role("row").nth(1).get_by_role("link").click()
    await expect(page.get_by_role("button", name="Écarter l’annonce")).to_be_visible()
    await for_everybody(page, "mentor-a-decider")
    await page.get_by_role("button", name="Enregistrer l’habilitation").click()
    await expect(page.get_by_role("alert")).to_contain_text("Indiquez le dernier jour")
    await for_everybody(page, "mentor-sans-date")
    await page.get_by_label("Dernier jour de l’habilitation").fill("2026-12-31")
    await page.get_by_role("button", name="Enregistrer l’habilitation").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mentors à habiliter")
    await expect(page.get_by_text("À décider")).to_have_count(0)
    await page.get_by_role("link", name="Mentors").click()
    await page.get_by_role("table", name="Mentors habilités").get_by_role("link").first.click()
    await page.get_by_role("button", name="Voir l’identité").click()
    await expect(page.get_by_text("Gaspard Arbolin")).to_be_visible()
    await for_everybody(page, "mentor-identite")
    await page.get_by_role("button", name="Retirer").click()
    await expect(page.get_by_text("Refusée ou retirée").first).to_be_visible()
