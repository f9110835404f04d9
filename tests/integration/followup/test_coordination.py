"""`/coordination`: an association sees its own alerts, and nobody else's."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.integration.followup.pair import ASSOCIATION, Pair, introduction
from tests.support.service_harness import ServiceHarness
from tests.support.signing_in import sign_in_elsewhere

OTHER = "pas_a_pas"


async def enter(harness: ServiceHarness, association: str) -> None:
    """Sign the harness's client in, as registration does."""
    harness.client.cookies.update(await sign_in_elsewhere(harness, association))


async def alert(harness: ServiceHarness, association: str, reason: str, days: float) -> UUID:
    """An open alert of a pair of its own, some days old."""
    event = introduction(association)
    await harness.handle(event)
    alert_id = uuid4()
    await harness.pool.execute(
        "INSERT INTO alerts (alert_id, engagement_id, association, reason, raised_at)"
        " SELECT $1, engagement_id, association, $2, $3 FROM engagements WHERE pair_id = $4",
        alert_id,
        reason,
        harness.clock.now() - timedelta(days=days),
        event.pair_id,
    )
    return alert_id


async def queue(harness: ServiceHarness, **params: Any) -> str:
    response = await harness.client.get("/coordination", params=params)
    assert response.status_code == 200
    return response.text


def list_shown(html: str) -> list[str]:
    return [p.split('"')[0] for p in html.split("/coordination/alertes/")[1:]]


def form_token_in(html: str) -> str:
    return html.split('name="token" value="')[1].split('"', maxsplit=1)[0]


async def test_whoever_is_not_signed_in_is_shown_the_way(followup: ServiceHarness) -> None:
    await alert(followup, ASSOCIATION, "silent", 1)

    response = await followup.client.get("/coordination")

    assert response.status_code == 403
    door = followup.runtime.settings.base_url("registration") + "/associations"
    assert f'href="{door}"' in response.text
    assert list_shown(response.text) == []


async def test_oldest_and_riskiest_first_and_only_ours(followup: ServiceHarness) -> None:
    fresh = await alert(followup, ASSOCIATION, "message_failed", 1)
    silent = await alert(followup, ASSOCIATION, "silent", 1)
    risky = await alert(followup, ASSOCIATION, "not_going_well", 1)
    older = await alert(followup, ASSOCIATION, "not_going_well", 3)
    await alert(followup, OTHER, "not_going_well", 9)
    await enter(followup, ASSOCIATION)

    assert list_shown(await queue(followup)) == [str(i) for i in (older, risky, silent, fresh)]


@pytest.mark.parametrize(("lang", "words"), [("fr", "Aucune alerte"), ("en", "No alerts")])
async def test_an_empty_list_is_shown(followup: ServiceHarness, lang: str, words: str) -> None:
    await enter(followup, OTHER)

    assert words in await queue(followup, lang=lang)


async def test_shows_a_short_name_and_nobody(pair: Pair) -> None:
    await pair.days(60)
    await enter(pair.harness, ASSOCIATION)

    html = await queue(pair.harness)

    assert str(pair.event.pair_id)[:8].upper() in html
    for person in (pair.event.mentee_id, pair.event.mentor_id):
        assert str(person) not in html


async def test_leads_to_the_page_that_writes_down_who_looked(pair: Pair) -> None:
    await pair.days(60)
    await enter(pair.harness, ASSOCIATION)

    registration = pair.harness.runtime.settings.base_url("registration")
    page = f"{registration}/associations/demandes/{pair.event.request_id}"
    assert f'<a href="{page}">' in await queue(pair.harness)


async def test_handled_alerts_leave_the_queue(followup: ServiceHarness) -> None:
    alert_id = await alert(followup, ASSOCIATION, "silent", 1)
    await enter(followup, ASSOCIATION)
    token = form_token_in(await queue(followup))
    address = f"/coordination/alertes/{alert_id}"

    first = await followup.client.post(address, data={"token": token})
    again = await followup.client.post(address, data={"token": token})

    assert (first.status_code, first.headers["location"]) == (303, "/coordination")
    assert again.status_code == 303
    assert list_shown(await queue(followup)) == []


@pytest.mark.parametrize("token", ["", "forged", None])
async def test_a_forged_form_changes_nothing(followup: ServiceHarness, token: str | None) -> None:
    alert_id = await alert(followup, ASSOCIATION, "silent", 1)
    await alert(followup, OTHER, "silent", 1)
    await enter(followup, OTHER)
    foreign = form_token_in(await queue(followup)) if token is None else token
    await enter(followup, ASSOCIATION)

    response = await followup.client.post(
        f"/coordination/alertes/{alert_id}", data={"token": foreign}
    )

    assert response.status_code == 403
    assert list_shown(await queue(followup)) == [str(alert_id)]


async def test_an_alert_of_another_association_is_not_there(followup: ServiceHarness) -> None:
    theirs = await alert(followup, OTHER, "silent", 1)
    await alert(followup, ASSOCIATION, "silent", 1)
    await enter(followup, ASSOCIATION)
    token = form_token_in(await queue(followup))

    answers = [
        await followup.client.post(
            f"/coordination/alertes/{alert_id}",
            data={"token": token},
            headers={"accept": "text/html"},
        )
        for alert_id in (theirs, uuid4())
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert (
        await followup.pool.fetchval("SELECT handled_at FROM alerts WHERE alert_id = $1", theirs)
        is None
    )


async def test_many_alerts_are_counted_and_the_first_hundred_shown(
    followup: ServiceHarness,
) -> None:
    await followup.pool.execute(
        "INSERT INTO alerts (alert_id, association, reason, raised_at)"
        " SELECT gen_random_uuid(), $1, 'message_failed', $2 FROM generate_series(1, 130)",
        ASSOCIATION,
        followup.clock.now(),
    )
    await enter(followup, ASSOCIATION)

    html = await queue(followup)

    assert len(list_shown(html)) == 100
    assert "Hors binôme" in html
    assert "130" in html
