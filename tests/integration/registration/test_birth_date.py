"""A birth date is corrected: younger at once, older by the association that has checked."""

from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest

from shared.contracts.events import (
    BirthDateCorrected,
    ConsentAsked,
    MenteeRegistered,
    MentorRegistered,
    RequestConfirmed,
    RequestWithdrawn,
)
from tests.integration.registration.conftest import csrf, path_of, register, sign_in
from tests.support.events import pick_event, pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

MINOR = young(born="2010-06-02", guardian_first_name="Maud", guardian_email="maud@exemple.fr")


@pytest.fixture(autouse=True)
def _partner(partner: str) -> None:
    """Everybody here comes by a partner."""


Registered = TypeVar("Registered", MenteeRegistered, MentorRegistered)


async def came(s: ServiceHarness, kind: type[Registered], person: dict[str, Any]) -> Registered:
    side = "mentee" if kind is MenteeRegistered else "mentor"
    assert (await register(s, {"kind": side, **person})).status_code == 202
    return pick_event(kind, await s.take_events())


def day(name: str, iso: str) -> dict[str, str]:
    year, month, number = iso.split("-")
    return {f"{name}_year": year, f"{name}_month": month, f"{name}_day": number}


async def corrects(s: ServiceHarness, purpose: str, subject: UUID, iso: str) -> httpx.Response:
    path = path_of(s, purpose, subject) + "/naissance"
    return await s.client.post(path, data=day("born", iso))


async def correction_form(
    s: ServiceHarness, person: dict[str, Any], iso: str, **changes: str
) -> httpx.Response:
    """What the association in charge fills in."""
    await sign_in(s, await s.pool.fetchval("SELECT association FROM requests"))
    page = await s.client.get("/associations/naissance")
    form = {"first_name": person["first_name"], "last_name": person["last_name"]}
    form |= day("known_born", person["born"]) | day("born", iso)
    form |= {"way": "in_person", "csrf": csrf(page.text)}
    await s.take_events()
    return await s.client.post("/associations/naissance", data=form | changes)


async def timers(s: ServiceHarness, person_id: UUID) -> dict[str, str]:
    rows = await s.pool.fetch(
        "SELECT kind, due::date::text AS day FROM timers WHERE key = $1 AND kind LIKE 'birth%'",
        str(person_id),
    )
    return {row["kind"]: row["day"] for row in rows}


async def test_younger_within_the_same_rules_moves_birthdays_and_the_year(
    s: ServiceHarness,
) -> None:
    mentee = await came(s, MenteeRegistered, MINOR)
    before = await timers(s, mentee.mentee_id)
    assert (await corrects(s, "request", mentee.request_id, "2010-09-02")).status_code == 200
    (event,) = pick_events(BirthDateCorrected, await s.take_events())
    assert (event.person_id, event.birth_year) == (mentee.mentee_id, 2010)
    after = await timers(s, mentee.mentee_id)
    assert before == {"birthday_18": "2028-06-01"}, "midnight in Paris"
    assert after == {"birthday_18": "2028-09-01"}
    rows = await s.pool.fetch("SELECT actor, reason FROM ledger WHERE what = 'born'")
    assert [tuple(row) for row in rows] == [("person", "born_corrected:link")]


async def test_a_young_person_who_is_under_15_after_all_waits_for_the_guardian(
    s: ServiceHarness,
) -> None:
    mentee = await came(s, MenteeRegistered, MINOR)
    assert (await corrects(s, "request", mentee.request_id, "2012-06-02")).status_code == 200
    events = await s.take_events()
    (withdrawn,) = pick_events(RequestWithdrawn, events)
    (anew,) = pick_events(MenteeRegistered, events)
    assert withdrawn.request_id == mentee.request_id
    assert anew.awaits_consent
    assert anew.registered_at == mentee.registered_at, "the place in the queue is kept"
    assert [event.request_id for event in pick_events(ConsentAsked, events)] == [anew.request_id]
    row = await s.fetch_row("SELECT * FROM requests WHERE closed_at IS NULL")
    assert (row["state"], row["minority"]) == ("awaiting_consent", "under_15")
    assert row["criteria"]["birth_year"] == 2012
    assert set(await timers(s, mentee.mentee_id)) == {"birthday_15", "birthday_18"}


async def test_under_15_without_a_guardian_the_request_ends(s: ServiceHarness) -> None:
    mentee = await came(s, MenteeRegistered, young())
    assert (await corrects(s, "request", mentee.request_id, "2013-06-02")).status_code == 200
    events = await s.take_events()
    assert len(pick_events(RequestWithdrawn, events)) == 1
    assert pick_events(MenteeRegistered, events) == []
    assert await s.pool.fetchval("SELECT count(*) FROM requests WHERE closed_at IS NULL") == 0


@pytest.mark.parametrize("iso", ["2007-01-05", "2010-06-01"])
async def test_nobody_makes_themselves_older(s: ServiceHarness, iso: str) -> None:
    mentee = await came(s, MenteeRegistered, MINOR)
    page = await corrects(s, "request", mentee.request_id, iso)
    assert page.status_code == 422
    assert "doit d’abord vérifier" in page.text
    assert pick_events(BirthDateCorrected, await s.take_events()) == []
    assert (await corrects(s, "parent", mentee.mentee_id, iso)).status_code == 422


@pytest.mark.parametrize("iso", ["2095-01-01", "2024-01-01"])
async def test_an_impossible_date_changes_nothing(s: ServiceHarness, iso: str) -> None:
    mentee = await came(s, MenteeRegistered, MINOR)
    assert (await corrects(s, "request", mentee.request_id, iso)).status_code == 422
    assert pick_events(BirthDateCorrected, await s.take_events()) == []


async def test_a_link_that_is_none_corrects_nothing(s: ServiceHarness) -> None:
    answer = await s.client.post("/demande/none/naissance", data=day("born", "2010-06-03"))
    assert answer.status_code == 410


async def test_an_association_makes_somebody_of_age(s: ServiceHarness) -> None:
    mentee = await came(s, MenteeRegistered, MINOR)
    await s.pool.execute("UPDATE requests SET state = 'confirmed'")
    assert (await correction_form(s, MINOR, "2007-06-02")).status_code == 200
    (event,) = pick_events(BirthDateCorrected, await s.take_events())
    assert event.birth_year is None
    assert await timers(s, mentee.mentee_id) == {}
    assert (await s.client.get(path_of(s, "parent", mentee.mentee_id))).status_code == 410
    assert await s.pool.fetchval("SELECT minority FROM requests") is None
    rows = await s.pool.fetch("SELECT actor, reason FROM ledger WHERE what = 'born'")
    assert [row["reason"] for row in rows] == ["born_corrected:in_person"]
    assert rows[0]["actor"].startswith("camille@")


async def test_the_look_is_in_the_ledger_under_its_own_reason(s: ServiceHarness) -> None:
    await came(s, MenteeRegistered, MINOR)
    await s.pool.execute("UPDATE requests SET state = 'confirmed'")
    assert (await correction_form(s, MINOR, "2007-06-02")).status_code == 200
    rows = await s.pool.fetch("SELECT reason FROM ledger WHERE actor LIKE 'camille@%'")
    assert {row["reason"] for row in rows} == {"birth_correction", "born_corrected:in_person"}


async def test_a_known_date_that_cannot_be_read_is_named_at_its_own_field(
    s: ServiceHarness,
) -> None:
    await came(s, MenteeRegistered, MINOR)
    await s.pool.execute("UPDATE requests SET state = 'confirmed'")
    impossible = {"known_born_day": "31", "known_born_month": "2"}
    page = await correction_form(s, MINOR, "2007-06-02", **impossible)
    assert page.status_code == 422
    assert 'id="known_born-error"' in page.text
    assert 'id="born-error"' not in page.text


async def test_of_age_after_all_a_request_that_waited_for_a_guardian_goes_on(
    s: ServiceHarness,
) -> None:
    child = MINOR | {"born": "2013-06-02"}
    mentee = await came(s, MenteeRegistered, child)
    await s.pool.execute("UPDATE requests SET association = 'tandem_avenir'")
    await sign_in(s, "reseau_binome")
    await s.pool.execute("UPDATE requests SET association = NULL")
    page = await s.client.get("/associations/naissance")
    form = {"first_name": child["first_name"], "last_name": child["last_name"], "way": "video"}
    form |= day("known_born", child["born"]) | day("born", "2006-06-02")
    await s.take_events()
    done = await s.client.post("/associations/naissance", data=form | {"csrf": csrf(page.text)})
    assert done.status_code == 200
    (confirmed,) = pick_events(RequestConfirmed, await s.take_events())
    assert confirmed.request_id == mentee.request_id


@pytest.mark.parametrize(
    "changes", [{"way": ""}, {"way": "it_felt_right"}, {"first_name": "Zoé"}, {"csrf": "x"}]
)
async def test_nobody_elses_and_nothing_unchecked(
    s: ServiceHarness, changes: dict[str, str]
) -> None:
    await came(s, MenteeRegistered, MINOR)
    await s.pool.execute("UPDATE requests SET state = 'confirmed'")
    assert (await correction_form(s, MINOR, "2007-06-02", **changes)).status_code in (403, 422)
    assert pick_events(BirthDateCorrected, await s.take_events()) == []


async def test_a_mentor_who_is_17_after_all_has_a_year_of_birth_in_gates(s: ServiceHarness) -> None:
    mentor = await came(s, MentorRegistered, volunteer())
    assert (await corrects(s, "request", mentor.mentor_id, "2008-11-02")).status_code == 200
    (event,) = pick_events(BirthDateCorrected, await s.take_events())
    assert (event.side, event.birth_year) == ("mentor", 2008)
    criteria = await s.pool.fetchval("SELECT criteria FROM mentors")
    assert criteria["birth_year"] == 2008
    assert set(await timers(s, mentor.mentor_id)) == {"birthday_18"}
    kind = await s.pool.fetchval("SELECT kind FROM guardian_checks WHERE settled_at IS NULL")
    assert kind == "inform", "somebody sees to the guardian"
