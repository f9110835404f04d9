"""A mentor's clearance: until when, by whose word, and what becomes of it."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.registration.domain.clearance import last_day, months_after
from shared.contracts.events import ClearanceAsked, ClearanceChanged, Event, MentorRegistered
from tests.integration.owners import count_unowned, lose_timers
from tests.integration.registration.conftest import csrf, register, sign_in
from tests.integration.registration.test_pages import send
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import form_of, volunteer

CASES = Path(__file__).parents[2] / "cases"
OTHER = {"first_name": "Maud", "email": "maud@exemple.fr"}
HEAD, OWN = "reseau_binome", "pas_a_pas"
PAGE = "/associations/mentors"
HTML = {"accept": "text/html"}


async def mentor(s: ServiceHarness, **fields: Any) -> MentorRegistered:
    """A mentor whom a partner registers; what else was told stays to be read."""
    answer = await register(s, {"kind": "mentor", **volunteer(**fields)})
    assert answer.status_code == 202, answer.text
    (registered,) = [x for x in await s.take_events() if isinstance(x, MentorRegistered)]
    return registered


async def press(s: ServiceHarness, mentor_id: UUID, act: str, **data: str) -> Any:
    """A button of the association's page of a mentor."""
    shown = await s.client.get(f"{PAGE}/{mentor_id}", headers=HTML)
    assert shown.status_code == 200
    form = {"csrf": csrf(shown.text)} | data
    return await s.client.post(f"{PAGE}/{mentor_id}/{act}", data=form, headers=HTML)


def changes(events: list[Event]) -> list[tuple[date | None, str | None, str]]:
    return [
        (x.cleared_until, x.association, x.reason)
        for x in events
        if isinstance(x, ClearanceChanged)
    ]


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


async def test_the_association_in_charge_clears_extends_and_withdraws(
    s: ServiceHarness, partner: str
) -> None:
    registered = await mentor(s, association=OWN)
    await sign_in(s, OWN)
    for until in ("2026-12-31", "2027-12-31"):
        assert (
            await press(s, registered.mentor_id, "habilitation", until=until)
        ).status_code == 303
    assert (await press(s, registered.mentor_id, "retrait")).status_code == 303
    assert changes(await s.take_events()) == [
        (date(2026, 12, 31), OWN, "recorded"),
        (date(2027, 12, 31), OWN, "recorded"),
        (None, OWN, "withdrawn"),
    ]
    assert await s.pool.fetchval("SELECT criteria->>'cleared' FROM mentors") == "false"
    assert await s.pool.fetchval("SELECT count(*) FROM timers WHERE kind LIKE 'clearance%'") == 0


async def test_nobody_else_sees_or_clears_the_mentor(s: ServiceHarness, partner: str) -> None:
    registered = await mentor(s, association=OWN)
    await sign_in(s, "tandem_avenir")
    csrf_token = csrf((await s.client.get("/associations", headers=HTML)).text)
    assert (await s.client.get(f"{PAGE}/{registered.mentor_id}", headers=HTML)).status_code == 404
    for act in ("identite", "habilitation", "retrait", "ecarter"):
        data = {"csrf": csrf_token, "until": "2026-12-31"}
        answer = await s.client.post(
            f"{PAGE}/{registered.mentor_id}/{act}", data=data, headers=HTML
        )
        assert answer.status_code == 404, act
    assert changes(await s.take_events()) == []


async def test_without_a_session_or_an_own_form_nothing_happens(
    s: ServiceHarness, partner: str
) -> None:
    registered = await mentor(s, association=OWN)
    for path in (PAGE, f"{PAGE}/{registered.mentor_id}"):
        answer = await s.client.get(path, headers=HTML)
        assert answer.headers["location"] == "/associations/entree"
    await sign_in(s, OWN)
    for act in ("identite", "habilitation", "retrait", "ecarter"):
        data = {"csrf": "forged", "until": "2026-12-31"}
        answer = await s.client.post(
            f"{PAGE}/{registered.mentor_id}/{act}", data=data, headers=HTML
        )
        assert answer.status_code == 403, act


@pytest.mark.parametrize("until", ["", "2026-01-09", "2032-01-01", "bientôt", "9999-12-31"])
async def test_a_last_day_that_cannot_be_is_refused_in_words(
    s: ServiceHarness, partner: str, until: str
) -> None:
    registered = await mentor(s, association=OWN)
    await sign_in(s, OWN)
    answer = await press(s, registered.mentor_id, "habilitation", until=until)
    assert answer.status_code == 422
    assert "dernier jour de l’habilitation" in answer.text
    assert changes(await s.take_events()) == []


async def test_a_look_at_the_name_is_in_the_ledger(s: ServiceHarness, partner: str) -> None:
    registered = await mentor(s, association=OWN)
    await sign_in(s, OWN)
    shown = await s.client.get(f"{PAGE}/{registered.mentor_id}", headers=HTML)
    assert "Lenormand" not in shown.text
    assert "Lenormand" in (await press(s, registered.mentor_id, "identite")).text
    row = await s.fetch_row("SELECT actor, person_id, what, reason FROM ledger")
    assert tuple(row) == (
        f"camille@{OWN}",
        registered.mentor_id,
        "identity",
        "clearance",
    )


async def test_the_end_is_announced_and_then_acts_as_a_withdrawal(
    s: ServiceHarness, partner: str
) -> None:
    until = date(2026, 3, 31)
    await mentor(s, cleared="2026-03-31", reference="m-1", association=OWN)
    s.clock.advance(days=51)  # 2 March, thirty days before
    await s.fire_due()
    (asked,) = [x for x in await s.take_events() if isinstance(x, ClearanceAsked)]
    assert (asked.association, asked.reason, asked.due) == (OWN, "ending", until)
    s.clock.advance(days=28)
    await s.fire_due()
    assert changes(await s.take_events()) == [], "the last day counts"
    s.clock.advance(days=2)
    await s.fire_due()
    assert changes(await s.take_events()) == [(None, OWN, "expired")]


async def test_an_extended_clearance_does_not_end_on_its_old_day(
    s: ServiceHarness, partner: str
) -> None:
    registered = await mentor(s, cleared="2026-03-31", reference="m-1", association=OWN)
    await sign_in(s, OWN)
    await press(s, registered.mentor_id, "habilitation", until="2026-12-31")
    await s.take_events()
    s.clock.advance(days=100)
    await s.fire_due()
    assert await s.take_events() == []


async def test_the_year_of_birth_travels_for_mentors_who_may_be_under_18(
    s: ServiceHarness, partner: str
) -> None:
    young = await mentor(s, born="2009-03-02")
    assert young.criteria.birth_year == 2009
    assert (await mentor(s, **OTHER)).criteria.birth_year is None


async def test_a_mentor_of_15_is_too_young(s: ServiceHarness, partner: str) -> None:
    answer = await register(s, {"kind": "mentor", **volunteer(born="2010-03-02")})
    assert answer.json()["errors"][0]["code"] == "too_young"


async def test_a_partner_restates_its_mentor_and_each_word_takes_effect(
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
    """Registered as cleared, then told that she is not: it used to stay."""
    changed = json.loads((CASES / "changed_mentor.json").read_text("utf-8"))[2]
    await register(s, changed | {"reference": "m-1"})
    await s.take_events()
    await register(s, changed | {"cleared": False})
    assert changes(await s.take_events()) == [(None, HEAD, "withdrawn")]
    assert await s.pool.fetchval("SELECT count(*) FROM mentors WHERE cleared_until > now()") == 0


async def test_a_yes_of_somebody_who_may_be_known_is_kept_and_shown(
    s: ServiceHarness, partner: str
) -> None:
    """Twice on the page, then by a partner that names nobody and says that she is cleared."""
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


async def test_every_clearance_and_claim_has_a_next_action(s: ServiceHarness, partner: str) -> None:
    await mentor(s, cleared=True, reference="m-1")
    await register(s, {"kind": "mentor", **volunteer(**OTHER, cleared=True)})
    assert await count_unowned(s) == {}
    await lose_timers(s)
    assert await count_unowned(s) == {"clearances": 1, "clearance_claims": 1}


async def test_nobody_is_asked_about_somebody_who_was_erased(
    s: ServiceHarness, partner: str
) -> None:
    await register(s, {"kind": "mentor", **volunteer(cleared=True)})
    await s.pool.execute("UPDATE persons SET erased_at = now(), sealed = NULL, wrapped_key = NULL")
    await s.take_events()
    s.clock.advance(days=8)
    await s.fire_due()
    assert [x for x in await s.take_events() if isinstance(x, ClearanceAsked)] == []
    assert await count_unowned(s) == {}


def test_a_month_more_ends_on_a_day_that_exists() -> None:
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert last_day(True, date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert last_day(False, date(2026, 1, 31), 24) is None
    yesterday = date(2026, 1, 31) - timedelta(days=1)
    assert last_day(yesterday, date(2026, 1, 31), 24) is None
