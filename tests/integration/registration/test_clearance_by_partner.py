"""A partner’s yes or no about the clearance of a mentor, and what stays a claim."""

import json
from datetime import date

import pytest

from shared.contracts.events import ClearanceAsked, MentorRegistered
from tests.integration.registration.clearances import (
    CASES,
    HEAD,
    HTML,
    OWN,
    PAGE,
    changes,
    mentor,
    press,
)
from tests.integration.registration.conftest import register, sign_in
from tests.integration.registration.test_pages import send
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer


@pytest.mark.parametrize(
    ("stated", "until"),
    [(True, date(2028, 1, 10)), ("oui", date(2028, 1, 10)), ("30/06/2026", date(2026, 6, 30))],
)
async def test_a_partner_is_believed_of_the_mentor_it_names(
    s: ServiceHarness, partner: str, stated: bool | str, until: date
) -> None:
    found = await mentor(s, cleared=stated, reference="m-1")
    assert (found.criteria.cleared, found.criteria.cleared_until) == (True, until)
    kept = await s.fetch_row("SELECT cleared_until, clearance_said_by FROM mentors")
    assert tuple(kept) == (until, f"partner:{partner}")


@pytest.mark.parametrize("stated", [False, "non", "2026-01-09"])
async def test_a_no_or_a_day_that_is_over_clears_nobody(
    s: ServiceHarness, partner: str, stated: bool | str
) -> None:
    found = await mentor(s, cleared=stated, reference="m-1")
    assert (found.criteria.cleared, found.criteria.cleared_until) == (False, None)


async def test_a_yes_without_an_own_reference_is_a_claim_for_the_association(
    s: ServiceHarness, partner: str
) -> None:
    answer = await register(
        s, {"kind": "mentor", **volunteer(cleared="2026-12-31", association=OWN)}
    )
    events = await s.take_events()
    (asked,) = [x for x in events if isinstance(x, ClearanceAsked)]
    assert (asked.association, asked.reason, asked.due) == (OWN, "claimed", date(2026, 1, 16))
    mentor_id = answer.json()["request_id"]
    assert await s.pool.fetchval("SELECT cleared_until FROM mentors") is None
    await sign_in(s, OWN)
    assert "À décider" in (await s.client.get(PAGE, headers=HTML)).text
    assert (await press(s, mentor_id, "habilitation", until="2026-12-31")).status_code == 303
    assert changes(await s.take_events()) == [(date(2026, 12, 31), OWN, "recorded")]
    assert "À décider" not in (await s.client.get(PAGE, headers=HTML)).text


async def test_a_claim_nobody_decides_goes_to_the_head_of_the_network(
    s: ServiceHarness, partner: str
) -> None:
    await register(s, {"kind": "mentor", **volunteer(cleared=True, association=OWN)})
    await s.take_events()
    s.clock.advance(days=8)
    await s.fire_due()
    (asked,) = [x for x in await s.take_events() if isinstance(x, ClearanceAsked)]
    assert (asked.association, asked.reason) == (HEAD, "overdue")


async def test_whose_association_left_the_file_is_checked_by_the_head(
    s: ServiceHarness, partner: str
) -> None:
    answer = await register(s, {"kind": "mentor", **volunteer(association=OWN)})
    mentor_id = answer.json()["request_id"]
    await s.pool.execute("UPDATE mentors SET association = 'closed_club'")
    await sign_in(s, HEAD)
    assert f"{PAGE}/{mentor_id}" in (await s.client.get(PAGE, headers=HTML)).text
    assert (await press(s, mentor_id, "habilitation", until="2026-12-31")).status_code == 303
    assert f"{PAGE}/{mentor_id}" in (await s.client.get(PAGE, headers=HTML)).text


async def test_a_claim_may_be_set_aside(s: ServiceHarness, partner: str) -> None:
    answer = await register(s, {"kind": "mentor", **volunteer(cleared=True)})
    await sign_in(s, HEAD)
    assert (await press(s, answer.json()["request_id"], "ecarter")).status_code == 303
    assert changes(await s.take_events()) == []
    assert await s.pool.fetchval("SELECT settled_by FROM clearance_claims") == f"camille@{HEAD}"


async def test_the_public_page_clears_nobody_and_claims_nothing(s: ServiceHarness) -> None:
    await send(s, "mentor", volunteer(), cleared="2030-01-01")
    (registered,) = await s.take_events()
    assert isinstance(registered, MentorRegistered)
    assert registered.criteria.cleared is False
    assert await s.pool.fetchval("SELECT count(*) FROM clearance_claims") == 0


async def test_a_partner_restates_its_mentor_and_each_change_takes_effect(
    s: ServiceHarness, partner: str
) -> None:
    await mentor(s, reference="m-1", association=OWN)
    for stated in (True, "2026-06-30", True, False, False, None):
        cleared = {"cleared": stated} if stated is not None else {}
        await register(s, {"kind": "mentor", **volunteer(reference="m-1", **cleared)})
    assert changes(await s.take_events()) == [
        (date(2028, 1, 10), OWN, "recorded"),
        (date(2026, 6, 30), OWN, "recorded"),
        (date(2028, 1, 10), OWN, "recorded"),
        (None, OWN, "withdrawn"),
    ]


async def test_a_no_pauses_though_the_partner_names_nobody(s: ServiceHarness, partner: str) -> None:
    """Registered as cleared, then reported as not cleared: the first must not stay."""
    changed = json.loads((CASES / "changed_mentor.json").read_text("utf-8"))[2]
    await register(s, changed | {"reference": "m-1"})
    await s.take_events()
    await register(s, changed | {"cleared": False})
    assert changes(await s.take_events()) == [(None, HEAD, "withdrawn")]
    assert await s.pool.fetchval("SELECT count(*) FROM mentors WHERE cleared_until > now()") == 0


async def test_a_yes_of_somebody_who_may_be_known_is_kept_and_shown(
    s: ServiceHarness, partner: str
) -> None:
    """Twice by the page, then by a partner without reference that states a clearance."""
    *pages, third = json.loads((CASES / "changed_mentor.json").read_text("utf-8"))
    for page in pages:
        form = {name: value for name, value in page.items() if name != "kind"}
        sent = await s.client.post("/inscription/mentor", data=form_of(form))
        assert sent.status_code == 303
    registered = next(x for x in await s.take_events() if isinstance(x, MentorRegistered)).mentor_id
    assert (await register(s, third)).status_code == 202
    events = await s.take_events()
    assert changes(events) == []
    assert registered in {x.mentor_id for x in events if isinstance(x, ClearanceAsked)}
    row = await s.fetch_row("SELECT criteria, cleared_until FROM mentors WHERE id = $1", registered)
    assert (row["criteria"]["cleared"], row["cleared_until"]) == (False, None)
    await sign_in(s, HEAD)
    assert f"{PAGE}/{registered}" in (await s.client.get(PAGE, headers=HTML)).text
    assert (await press(s, registered, "habilitation", until="2027-01-10")).status_code == 303
    assert changes(await s.take_events()) == [(date(2027, 1, 10), HEAD, "recorded")]


async def test_the_same_file_every_night_does_not_undo_a_withdrawal(
    s: ServiceHarness, partner: str
) -> None:
    registered = await mentor(s, cleared=True, reference="m-1", association=OWN)
    await sign_in(s, OWN)
    await press(s, registered.mentor_id, "retrait")
    await s.take_events()
    for _ in range(2):
        await register(s, {"kind": "mentor", **volunteer(cleared=True, reference="m-1")})
    events = await s.take_events()
    assert changes(events) == []
    assert [x.reason for x in events if isinstance(x, ClearanceAsked)] == ["claimed"]
