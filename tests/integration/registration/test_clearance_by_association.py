"""The association in charge records, extends and withdraws a clearance."""

from datetime import date

import pytest

from tests.integration.registration.clearances import HTML, OWN, PAGE, changes, mentor, press
from tests.integration.registration.conftest import csrf, sign_in
from tests.support.service_harness import ServiceHarness


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
