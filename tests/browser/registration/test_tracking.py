"""Pages on which people and partners see where a registration stands."""

from uuid import uuid4

from playwright.async_api import Page, expect

from shared.contracts.events import (
    MenteeRegistered,
    MentorRegistered,
    MessageSent,
    PairIntroduced,
    PairProposed,
    PairReleased,
)
from tests.browser.registration.actions import for_everybody, pair_of, register
from tests.support.service_harness import ServiceHarness


async def test_the_tracking_page_from_the_form_to_the_introduction(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    mentee = (await register(harness, "mentee"))[0]
    assert isinstance(mentee, MenteeRegistered)
    link = f"{address}/demande/{harness.runtime.links.token('request', mentee.request_id)}"
    await harness.handle(first_message(mentee))
    harness.clock.advance(days=2)
    await page.goto(link)
    await expect(page.locator('[aria-current="step"]')).to_contain_text("Un mentor pour toi")
    await for_everybody(page, "demande")
    await introduce(harness, mentee)
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


async def test_both_asked_then_looked_for_again(
    page: Page, address: str, harness: ServiceHarness
) -> None:
    mentee, *_ = await register(harness, "mentee")
    pair, last_day = pair_of(mentee), harness.clock.now().date()
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


async def test_a_partner_sees_the_steps(page: Page, address: str, harness: ServiceHarness) -> None:
    (first, *_) = await register(harness, "mentee")
    await page.goto(f"{address}/demande/{harness.runtime.links.token('steps', first.request_id)}")
    await expect(page.get_by_text("Inscription reçue")).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    await for_everybody(page, "partenaire-etapes")


def first_message(mentee: MenteeRegistered) -> MessageSent:
    return MessageSent(
        message_id=uuid4(),
        template="mentee_registered",
        channel="mail",
        recipient="mentee",
        person=str(mentee.mentee_id),
        concerns=mentee.request_id,
    )


async def introduce(harness: ServiceHarness, mentee: MenteeRegistered) -> None:
    pair = pair_of(mentee)
    await harness.handle(PairProposed(**pair, round_id=uuid4(), score=0.7, components={}))
    harness.clock.advance(days=1)
    await harness.handle(PairIntroduced(**pair))
