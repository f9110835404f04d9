"""Roles that must be two people: who acts for an association decides nothing about themselves."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registration.use_cases.refuse_own_affair import OwnAffair
from services.registration.use_cases.settle_guardian_check import settle_check
from shared.contracts.events import (
    BirthDateCorrected,
    ClearanceChanged,
    ContactChanged,
    DoubtRaised,
    Event,
    HoldLifted,
    MenteeRegistered,
    MentorRegistered,
)
from tests.integration.registration.conftest import csrf, register, sign_in
from tests.integration.registration.test_birth_date import day
from tests.support.events import pick_events
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

OURS = "tandem_avenir"
CAMILLE = f"camille.{OURS}@exemple.fr"
"""Where `sign_in` reaches the person of the association."""
OWN_MAILBOX = "Camille.TANDEM_avenir+mentor@exemple.fr"
FRENCH = "vous ne pouvez pas décider vous-même"
ENGLISH = "you cannot decide it yourself"
LYCEEN = volunteer(born="2009-05-17", association=OURS)
WHO_ACTS = pytest.mark.parametrize("own", [True, False], ids=["themselves", "somebody else"])


@pytest.fixture(autouse=True)
def _partner(partner: str) -> None:
    """Everybody here comes by a partner."""


async def come(s: ServiceHarness, kind: str, person: dict[str, Any]) -> list[Event]:
    assert (await register(s, {"kind": kind, **person})).status_code == 202
    return await s.take_events()


async def posts(
    s: ServiceHarness, form: str, act: str = "", **data: str
) -> tuple[list[httpx.Response], list[Event]]:
    """Post a form of a page; its texts in both languages, and the published events."""
    page = (await s.client.get(form)).text
    await s.take_events()
    answers = [
        await s.client.post(form + act, data={"csrf": csrf(page)} | data, params={"lang": lang})
        for lang in ("fr", "en")
    ]
    return answers, await s.take_events()


def are_refused(answers: list[httpx.Response]) -> bool:
    french, english = answers
    assert (french.status_code, english.status_code) == (403, 403)
    assert FRENCH in french.text
    assert ENGLISH in english.text
    return True


async def mentor(s: ServiceHarness, **more: Any) -> UUID:
    events = await come(s, "mentor", volunteer(association=OURS, **more))
    await sign_in(s, OURS)
    return pick_events(MentorRegistered, events)[0].mentor_id


@WHO_ACTS
async def test_nobody_records_their_own_clearance(s: ServiceHarness, own: bool) -> None:
    mentor_id = await mentor(s, **({"email": OWN_MAILBOX} if own else {}))
    path = f"/associations/mentors/{mentor_id}"
    answers, events = await posts(s, path, "/habilitation", until="2027-01-09")
    if own:
        assert are_refused(answers)
    assert bool(pick_events(ClearanceChanged, events)) is not own
    cleared = await s.pool.fetchval("SELECT cleared_until IS NOT NULL FROM mentors")
    assert cleared is not own


async def test_nobody_confirms_what_was_claimed_of_them(s: ServiceHarness) -> None:
    mentor_id = await mentor(s, email=CAMILLE, cleared="2027-01-09")
    path = f"/associations/mentors/{mentor_id}"
    for act, more in (("/habilitation", {"until": "2027-01-09"}), ("/ecarter", {})):
        assert are_refused((await posts(s, path, act, **more))[0])
    assert await s.pool.fetchval("SELECT count(*) FROM clearance_claims WHERE settled_at IS NULL")


async def test_one_may_withdraw_the_own_clearance(s: ServiceHarness) -> None:
    mentor_id = await mentor(s, email=CAMILLE, cleared="2027-01-09", reference="m-1")
    path = f"/associations/mentors/{mentor_id}"
    shown = csrf((await s.client.get(path)).text)
    answer = await s.client.post(path + "/retrait", data={"csrf": shown})
    assert answer.status_code == 303
    assert [event.reason for event in pick_events(ClearanceChanged, await s.take_events())] == [
        "withdrawn"
    ]


@WHO_ACTS
@pytest.mark.parametrize("field", ["email", "guardian_email"])
async def test_nobody_settles_the_check_of_their_own_guardian_or_child(
    s: ServiceHarness, own: bool, field: str
) -> None:
    events = await come(s, "mentor", LYCEEN | ({field: CAMILLE} if own else {}))
    mentor_id = pick_events(MentorRegistered, events)[0].mentor_id
    await s.pool.execute("UPDATE guardian_checks SET association = $1", OURS)
    await sign_in(s, OURS)
    answers, events = await posts(s, f"/associations/mentors/{mentor_id}", "/parent", how="call")
    if own:
        assert are_refused(answers)
    assert bool(pick_events(HoldLifted, events)) is not own


async def test_nobody_settles_the_check_of_their_own_child(s: ServiceHarness) -> None:
    """Routing sends it elsewhere; should it be in their hands all the same, they cannot."""
    minor = young(born="2009-06-02", guardian_email=CAMILLE)
    (asked,) = pick_events(MenteeRegistered, await come(s, "mentee", minor))
    await sign_in(s, OURS)
    owner = await s.pool.fetchval("SELECT association FROM guardian_checks")
    assert owner not in (None, OURS)
    await s.pool.execute("UPDATE guardian_checks SET association = $1", OURS)
    with pytest.raises(OwnAffair):
        async with s.runtime.begin() as tx:
            await settle_check(asked.request_id, OURS, f"camille@{OURS}", "call", tx)
    assert await s.pool.fetchval("SELECT settled_at FROM guardian_checks") is None


@WHO_ACTS
@pytest.mark.parametrize("which", [0, 1], ids=["known first", "newcomer"])
async def test_nobody_decides_whether_they_are_somebody(
    s: ServiceHarness, own: bool, which: int
) -> None:
    people = [volunteer(association=OURS), volunteer(association=OURS, email="autre@exemple.fr")]
    if own:
        people[which]["email"] = CAMILLE
    for person in people:
        events = await come(s, "mentor", person)
    (doubt,) = pick_events(DoubtRaised, events)
    await sign_in(s, doubt.association)
    path = f"/associations/doublons/{doubt.doubt_id}"
    shown = csrf((await s.client.get(path)).text)
    form = {"csrf": shown, "answer": "different"}
    answer = await s.client.post(path, data=form)
    assert (FRENCH in answer.text) is own
    assert answer.status_code == (403 if own else 303)
    assert bool(pick_events(HoldLifted, await s.take_events())) is not own


@pytest.mark.parametrize("page", ["naissance", "contact"])
async def test_nobody_vouches_for_their_own_birth_date_or_contact(
    s: ServiceHarness, page: str
) -> None:
    """Who could state a higher age alone would need no guardian."""
    person = volunteer(association=OURS, email=CAMILLE)
    await come(s, "mentor", person)
    await sign_in(s, OURS)
    form = {"first_name": person["first_name"], "last_name": person["last_name"]}
    form |= {"way": "in_person", "email": "nouveau@exemple.fr"}
    form |= day("known_born", person["born"]) | day("born", "1980-02-03")
    if page == "contact":
        form |= day("born", person["born"]) | {"born": person["born"]}
    answers, events = await posts(s, f"/associations/{page}", **form)
    assert are_refused(answers)
    assert pick_events(BirthDateCorrected, events) + pick_events(ContactChanged, events) == []
