"""Nothing in registration is open without a next action; what lost it is counted."""

from collections.abc import Callable
from typing import Any

import pytest

from services.registration.domain.request_states import OPEN
from tests.integration.owners import count_unowned, lose_timers
from tests.integration.registration.conftest import BY_HAND, register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import young

CHILD = {
    "born": "2014-05-17",
    "level": "college",
    "guardian_email": "maud@exemple.fr",
    "guardian_first_name": "Maud",
}
STATES: dict[str, Callable[[], dict[str, Any]]] = {
    "awaiting_consent": lambda: young(**CHILD),
    "routed": lambda: young(**BY_HAND),
    "guardian_check": lambda: young(born="2009-05-17"),
    "confirmed": young,
}


@pytest.mark.parametrize("state", STATES)
async def test_every_open_state_has_an_owner(s: ServiceHarness, partner: str, state: str) -> None:
    answer = await register(s, {"kind": "mentee", **STATES[state]()})
    assert answer.status_code < 300, answer.text
    assert await s.pool.fetchval("SELECT state FROM requests") == state
    assert await count_unowned(s) == {}


@pytest.mark.parametrize("state", OPEN)
async def test_a_request_without_what_brings_it_on_is_counted_in_every_open_state(
    s: ServiceHarness, partner: str, state: str
) -> None:
    await register(s, {"kind": "mentee", **young(**BY_HAND)})
    gone = "closed_club" if state == "confirmed" else "tandem_avenir"
    await s.pool.execute("UPDATE requests SET state = $1, association = $2", state, gone)
    await lose_timers(s)
    assert await count_unowned(s) == {"requests": 1}
