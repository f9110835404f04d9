"""The button "it was me": who registers a name first cannot close another's request with it."""

import re
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.contact import CONTACT_QUEUE, ContactAsked
from shared.contracts.events import (
    ContactProved,
    HoldLifted,
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import csrf, path_of, register, sign_in
from tests.support.events import E, pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer, young

OWN = {"email": "la.vraie.adresse@exemple.fr"}
SQUATTED = {"email": "premier.venu@ailleurs.example"}


async def take_published(s: ServiceHarness, kind: type[E]) -> list[E]:
    return pick_events(kind, await s.take_events())


async def send(s: ServiceHarness, person: dict[str, Any]) -> UUID:
    """A form on an open page; returns what the tracking page is about."""
    who = "mentor" if "offers" in person else "jeune"
    assert (await s.client.post(f"/inscription/{who}", data=form_of(person))).status_code == 303
    return await newcomer(s)


async def newcomer(s: ServiceHarness) -> UUID:
    events = await s.take_events()
    (subject,) = [
        *(event.request_id for event in pick_events(MenteeRegistered, events)),
        *(event.mentor_id for event in pick_events(MentorRegistered, events)),
    ]
    return subject


async def press(s: ServiceHarness, subject: UUID) -> list[str]:
    """The button on the page behind this link, for every registration that is shown there."""
    path = path_of(s, "request", subject)
    doubts = re.findall(r'name="doubt" value="([0-9a-f-]{36})"', (await s.client.get(path)).text)
    for doubt in doubts:
        assert (await s.client.post(path, data={"doubt": doubt})).status_code == 303
    return doubts


async def page_of(s: ServiceHarness, subject: UUID) -> str:
    page = (await s.client.get(path_of(s, "request", subject))).text
    return re.sub(r"[A-Za-z0-9_-]{43}|[0-9a-f-]{36}", "#", page)


async def is_over(s: ServiceHarness, subject: UUID) -> bool:
    return "est close" in await page_of(s, subject)


@pytest.mark.parametrize("real", [young(**OWN), volunteer(**OWN)], ids=["mentee", "mentor"])
@pytest.mark.parametrize("door", ["page", "api"])
async def test_whoever_writes_a_name_first_closes_nobody(
    s: ServiceHarness, partner: str, real: dict[str, Any], door: str
) -> None:
    squatter = await send(s, real | SQUATTED)
    if door == "page":
        request = await send(s, real)
    else:
        kind = "mentor" if "offers" in real else "mentee"
        await register(s, {"kind": kind, **real})
        request = await newcomer(s)
    assert len(await press(s, squatter)) == 1
    ends = RequestWithdrawn | MentorLeft | HoldLifted
    assert [event for event in await s.take_events() if isinstance(event, ends)] == []
    assert not await is_over(s, request)
    row = await s.fetch_row("SELECT outcome, affirmed_at FROM doubts")
    assert row["outcome"] is None
    assert row["affirmed_at"] is not None


async def test_the_page_looks_the_same_whether_the_button_settles_it_or_not(
    s: ServiceHarness,
) -> None:
    seen = []
    for name, again in (("Deux", OWN), ("Une", {})):
        person = young(last_name=name, email=f"la.premiere.{name.lower()}@exemple.fr")
        first = await send(s, person)
        await send(s, person | again)
        before = await page_of(s, first)
        assert await press(s, first)
        seen.append((before, await page_of(s, first), await press(s, first)))
    assert seen[0] == seen[1]
    assert await s.pool.fetchval("SELECT count(*) FROM doubts WHERE outcome = 'same'") == 1


async def test_one_address_on_both_settles_it(s: ServiceHarness) -> None:
    first = await send(s, young())
    again = await send(s, young(last_name="Marchandau"))
    await press(s, first)
    assert not await is_over(s, first)
    assert await is_over(s, again)


async def test_a_mailbox_that_a_sister_proved_before_settles_it_too(s: ServiceHarness) -> None:
    sister = await send(s, young(first_name="Zoé"))
    await s.client.post(path_of(s, "request", sister) + "/adresse")
    first = await send(s, young())
    again = await send(s, young(born="2006-05-17"))
    await press(s, first)
    assert await is_over(s, again)


async def test_somebody_whom_a_partner_registered_is_believed(
    s: ServiceHarness, partner: str
) -> None:
    await register(s, {"kind": "mentee", **young(**OWN)})
    first = await newcomer(s)
    again = await send(s, young(**SQUATTED))
    await press(s, first)
    assert await is_over(s, again)


async def test_a_number_that_was_only_typed_settles_nothing(s: ServiceHarness) -> None:
    """The link went to the mail address: nobody has shown that the number is theirs."""
    number = {"phone": "06 39 98 00 01"}
    squatter = await send(s, young(**SQUATTED, **number))
    request = await send(s, young(**OWN, **number))
    await press(s, squatter)
    assert not await is_over(s, request)


async def test_an_address_named_later_behind_an_old_link_proves_nothing(s: ServiceHarness) -> None:
    squatter = await send(s, young(**SQUATTED))
    path = path_of(s, "request", squatter)
    assert (await s.client.post(path + "/contact", data=OWN)).status_code == 200
    request = await send(s, young(**OWN))
    await s.client.post(path + "/adresse")
    await press(s, squatter)
    assert not await is_over(s, request)
    assert await take_published(s, ContactProved) == [], "the link was never sent to that address"
    asked = ContactAsked(
        recipient="mentee",
        person=str(await s.pool.fetchval("SELECT id FROM persons ORDER BY arrival LIMIT 1")),
        purpose="registration_repeated",
    )
    assert (await s.answer(CONTACT_QUEUE, asked)).unproved
    assert "Nos messages t’arrivent bien" not in (await s.client.get(path)).text


async def test_whoever_waits_because_of_a_doubt_settles_none(s: ServiceHarness) -> None:
    await send(s, young())
    held = await send(s, young(**SQUATTED))
    last = await send(s, young(**SQUATTED))
    await press(s, held)
    assert not await is_over(s, last)


async def test_the_association_that_decides_sees_the_answer_of_the_earlier_one(
    s: ServiceHarness,
) -> None:
    first = await send(s, young())
    request = await send(s, young(**OWN))
    await sign_in(s, "tandem_avenir")
    doubt_id = await s.pool.fetchval("SELECT id FROM doubts")
    path = f"/associations/doublons/{doubt_id}"
    before = (await s.client.get(path)).text
    assert "Elle dit que c’était elle" not in before
    assert "formulaire ouvert à tous" in before
    await press(s, first)
    page = (await s.client.get(path)).text
    assert "Elle dit que c’était elle" in page
    await s.client.post(path, data={"csrf": csrf(page), "answer": "same"})
    assert await is_over(s, request)
