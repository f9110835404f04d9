"""Registration as people meet it: phone and laptop, faults or none, with script or without."""

import asyncio
import hashlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from services.registration.service import SERVICE
from services.registration.use_cases.sign_in import invite_user
from shared.contracts.events import (
    ConsentAsked,
    ContactChanged,
    EngagementEnded,
    MenteeRegistered,
    MentorRegistered,
    MessageSent,
    PairIntroduced,
    PairProposed,
    PairReleased,
    SignInAsked,
)
from shared.service.asgi import build
from tests.browser.accessibility import axe
from tests.support.service_harness import HarnessFactory, ServiceHarness
from tests.unit.registration.people import volunteer, young

SHOTS = os.environ.get("BINOME_TEST_SHOTS")
"""A folder for pictures of what was tested, for whoever wants to look."""
PASSERELLE = "passerelle_idf"
BY_HAND: dict[str, Any] = {"department": "93", "needs": ["orientation"], "publics": ["qpv"]}
OWN_ADDRESS = "camille@exemple.fr"
NAMES = ("Arbolin", "Belvoir", "Cadrazel", "Dunoyal", "Erminac")
KEY = "bnm_only-for-tests"


@pytest.fixture
async def harness(make_harness: HarnessFactory) -> ServiceHarness:
    """Registration with a partner who may register people."""
    made = await make_harness(SERVICE)
    await made.pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ('lycees', $1, now())",
        hashlib.sha256(KEY.encode()).digest(),
    )
    return made


@pytest.fixture
async def address(harness: ServiceHarness) -> AsyncIterator[str]:
    app = build(SERVICE, harness.runtime.settings)
    app.state.runtime.__dict__.update(vars(harness.runtime))  # what its middleware holds too
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        # Without its lifespan: the stage has opened the database, and there is no broker.
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[free]))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        await running


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


async def test_the_tracking_page_from_the_form_to_the_introduction(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    mentee = (await register(harness, "mentee"))[0]
    assert isinstance(mentee, MenteeRegistered)
    link = f"{address}/demande/{harness.runtime.links.token('request', mentee.request_id)}"
    await harness.handle(_first_message(mentee))
    harness.clock.advance(days=2)
    await page.goto(link)
    await expect(page.locator('[aria-current="step"]')).to_contain_text("Un mentor pour toi")
    await for_everybody(page, "demande")
    await _introduce(harness, mentee)
    await page.reload()
    await expect(page.locator('[aria-current="step"]')).to_contain_text("Première rencontre")
    await for_everybody(page, "demande-binome")


async def test_a_mentor_sees_where_the_registration_stands(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    mentor = (await register(harness, "mentor"))[0]
    assert isinstance(mentor, MentorRegistered)
    await page.goto(f"{address}/demande/{harness.runtime.links.token('request', mentor.mentor_id)}")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("votre inscription")
    await for_everybody(page, "demande-mentor")


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
    await _invite(harness, "tandem_avenir")
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


async def test_both_asked_then_looked_for_again(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    mentee, *_ = await register(harness, "mentee")
    pair, last_day = _pair(mentee), harness.clock.now().date()
    scored = {"round_id": uuid4(), "score": 0.7, "components": {"needs": 1.0, "slots": 0.34}}
    await harness.handle(PairProposed(**pair | scored, answer_until=last_day))
    token = harness.runtime.links.token("request", mentee.request_id)
    await page.goto(f"{address}/demande/{token}")
    await expect(page.get_by_text("Nous vous avons demandé à tous les deux")).to_be_visible()
    await for_everybody(page, "demande-accord")
    await harness.handle(PairReleased(**pair, reason="unanswered", accepted_by="mentee"))
    await page.reload()
    await expect(page.get_by_text("tu gardes ta place")).to_be_visible()
    await for_everybody(page, "demande-de-nouveau")


async def test_a_coordinator_signs_in_takes_charge_and_sees_who_asks(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    for n, name in enumerate(NAMES):
        person = {"last_name": name, "email": f"jeune{n}@exemple.fr"}
        await register(harness, "mentee", **BY_HAND | person)
        harness.clock.advance(hours=15)
    await page.goto(f"{address}/associations")
    await for_everybody(page, "entree")
    await _invite(harness, PASSERELLE)
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
    await _invite(harness, PASSERELLE)
    await harness.client.post("/associations/entree", data={"email": OWN_ADDRESS})
    (asked,) = await harness.take_events()
    assert isinstance(asked, SignInAsked)
    token = harness.runtime.links.token("signin", asked.signin_id)
    await page.goto(f"{address}/associations/entree/{token}")
    await page.get_by_role("button", name="Entrer dans mon espace").click()
    await page.get_by_role("button", name="Prendre en charge").first.click()
    ids = _pair(mentee) | {"engagement_id": uuid4(), "reason": "completed"}
    await harness.handle(EngagementEnded.model_validate(ids))
    harness.clock.advance(days=30)
    await page.reload()
    await expect(page.get_by_text("n’est plus consultable")).to_be_visible()
    await expect(page.get_by_role("button", name="Voir l’identité")).to_have_count(0)
    await for_everybody(page, "demande-identite-fermee")


async def test_an_empty_work_queue(page: Page, address: str, harness: ServiceHarness) -> None:
    await _invite(harness, "pas_a_pas")
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
    await _invite(harness, PASSERELLE)
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


async def test_a_partner_sees_the_steps(page: Page, address: str, harness: ServiceHarness) -> None:
    (first, *_) = await register(harness, "mentee")
    await page.goto(f"{address}/demande/{harness.runtime.links.token('steps', first.request_id)}")
    await expect(page.get_by_text("Inscription reçue")).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    await for_everybody(page, "partenaire-etapes")


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
    await _decides(page, address, harness)


async def _decides(page: Page, address: str, harness: ServiceHarness) -> None:
    await _invite(harness, "tandem_avenir")
    await harness.client.post("/associations/entree", data={"email": OWN_ADDRESS})
    (asked,) = [event for event in await harness.take_events() if isinstance(event, SignInAsked)]
    token = harness.runtime.links.token("signin", asked.signin_id)
    await page.goto(f"{address}/associations/entree/{token}")
    await page.get_by_role("button", name="Entrer dans mon espace").click()
    await page.get_by_role("link", name="Doublons possibles").click()
    await expect(page.get_by_text("Marchandeau")).to_have_count(0)
    await for_everybody(page, "doublons")
    await _chooses_a_namesake(page)
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


async def _invite(harness: ServiceHarness, association: str) -> None:
    """Somebody who may act for the association; their first link is left unread."""
    async with harness.runtime.begin() as tx:
        await invite_user("camille", association, OWN_ADDRESS, tx)
    await harness.take_events()


def _first_message(mentee: MenteeRegistered) -> MessageSent:
    return MessageSent(
        message_id=uuid4(),
        template="mentee_registered",
        channel="mail",
        recipient="mentee",
        person=str(mentee.mentee_id),
        concerns=mentee.request_id,
    )


def _pair(mentee: MenteeRegistered) -> dict[str, Any]:
    ids = mentee.model_dump(include={"request_id", "mentee_id"})
    return ids | {"pair_id": uuid4(), "mentor_id": uuid4(), "association": "tandem_avenir"}


async def _introduce(harness: ServiceHarness, mentee: MenteeRegistered) -> None:
    pair = _pair(mentee)
    await harness.handle(PairProposed(**pair, round_id=uuid4(), score=0.7, components={}))
    harness.clock.advance(days=1)
    await harness.handle(PairIntroduced(**pair))


async def _chooses_a_namesake(page: Page) -> None:
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
