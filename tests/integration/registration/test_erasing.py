"""A person is erased, and each service's receipt is kept."""

from typing import Any
from uuid import uuid4

import pytest

from services.registration.store import Erasures
from shared.contracts.events import ErasureDone
from tests.stage import Stage


@pytest.mark.parametrize("times", [1, 2])
async def test_a_receipt_is_kept_once(s: Stage, times: int) -> None:
    person_id = uuid4()
    done = ErasureDone(person_id=person_id, service="matching")
    async with s.runtime.begin() as tx:
        await Erasures(tx.connection).ask(person_id, "mentor", "operator", tx.now, tx.now.date())
    for _ in range(times):
        await s.handle(done)
    kept: Any = await Erasures(s.pool).with_id(person_id)
    assert [*kept["receipts"]] == ["matching"]
