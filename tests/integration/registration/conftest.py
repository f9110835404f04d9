"""Registration in a harness, and the ways in which outsiders reach it."""

import hashlib
import re
from pathlib import Path

import httpx
import pytest

from services.registration.service import SERVICE
from services.registration.use_cases.sign_in import invite_user
from shared.contracts.events import MenteeRegistered, SessionOpened, SignInAsked
from shared.contracts.vocabulary.programmes import guardian_rules
from tests.support.events import pick_event
from tests.support.service_harness import HarnessFactory, ServiceHarness
from tests.unit.registration.people import form_of, young

KEY = "bnm_only-for-tests"
PARTNER = "lycees"
BY_HAND = {"department": "93", "needs": ["orientation"], "publics": ["qpv"], "born": "2006-05-17"}
"""A request that a by-hand association (Passerelle Île-de-France) is best for."""


@pytest.fixture
async def s(make_harness: HarnessFactory) -> ServiceHarness:
    found: ServiceHarness = await make_harness(SERVICE)
    return found


@pytest.fixture
async def partner(s: ServiceHarness) -> str:
    """A partner whose key is KEY."""
    digest = hashlib.sha256(KEY.encode()).digest()
    await s.pool.execute(
        "INSERT INTO partners (name, key_hash, created_at) VALUES ($1, $2, now())", PARTNER, digest
    )
    return PARTNER


@pytest.fixture
async def mentee(s: ServiceHarness) -> MenteeRegistered:
    """A young person who registered by the form."""
    await s.client.post("/inscription/jeune", data=form_of(young()))
    return pick_event(MenteeRegistered, await s.take_events())


@pytest.fixture
def consent_until_18(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A programme that asks guardians until their child is 18."""
    rules = guardian_rules().model_copy(update={"guardian_15_17": "asked"})
    file = tmp_path / "programmes.json"
    file.write_text(f"[{rules.model_dump_json()}]")
    monkeypatch.setenv("BINOME_PROGRAMMES_FILE", str(file))


async def register(
    s: ServiceHarness, body: object, key: str = KEY, **headers: str
) -> httpx.Response:
    """POST to the API as a partner does."""
    headers = {"Authorization": f"Bearer {key}", **headers}
    if isinstance(body, bytes):
        return await s.client.post("/api/v1/registrations", content=body, headers=headers)
    return await s.client.post("/api/v1/registrations", json=body, headers=headers)


def path_of(s: ServiceHarness, purpose: str, subject: object) -> str:
    """Where a link in a message leads, without its host."""
    return s.runtime.links.url(purpose, subject).removeprefix(s.runtime.bases["registration"])


async def sign_in(s: ServiceHarness, association: str) -> SessionOpened:
    """Come in as a person of an association, by the link mailed to their own address."""
    s.client.cookies.clear()
    await s.take_events()
    address = f"camille.{association}@exemple.fr"
    async with s.runtime.begin() as tx:
        await invite_user("camille", association, address, tx)
    s.clock.advance(minutes=6)  # within five minutes there is no second link
    await s.client.post("/associations/entree", data={"email": address})
    asked = [event for event in await s.take_events() if isinstance(event, SignInAsked)]
    answer = await s.client.post(path_of(s, "signin", asked[-1].signin_id))
    assert answer.status_code == 303
    (opened,) = [event for event in await s.take_events() if isinstance(event, SessionOpened)]
    return opened


DECLARED = {
    "guardian_first_name": "Maud",
    "guardian_last_name": "Marchandeau",
    "guardian_bond": "mother",
    "authority": "yes",
}
"""What a parent writes on the page of consent."""


def csrf(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]
