"""What has been kept long enough goes: by rules that are data, once a day, with a report."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.registration.domain.retention import default_retention, read_retention
from services.registration.store import KeptData
from services.registration.store.retention import before, delete_looks
from services.registration.use_cases.apply_retention import foresee, run_if_due, run_retention
from shared.contracts.events import EngagementEnded, PairIntroduced, PersonErased
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young

YEARS = 365


async def come(s: ServiceHarness, kind: str, person: dict[str, Any]) -> Any:
    await register(s, {"kind": kind, **person})
    registered = (await s.take_events())[0]
    await s.pool.execute("UPDATE persons SET came_at = $1", s.clock.now())
    return registered


async def list_erased(s: ServiceHarness) -> list[UUID]:
    return [one.person_id for one in await s.take_events() if isinstance(one, PersonErased)]


async def test_a_mentor_without_activity_for_three_years(s: ServiceHarness, partner: str) -> None:
    mentor = await come(s, "mentor", volunteer(since="2020-01-01"))
    assert (await run_retention(s.runtime.transactions))["inactive"] == 0, "came today"
    s.clock.advance(days=3 * YEARS + 2)
    async with s.runtime.begin() as tx:
        assert (await foresee(tx))["inactive"] == 1
    assert await list_erased(s) == []
    report = await run_retention(s.runtime.transactions)
    assert report["inactive"] == 1
    assert await list_erased(s) == [mentor.mentor_id]
    assert (await run_retention(s.runtime.transactions))["inactive"] == 0


async def test_who_is_in_a_pair_is_not_inactive(s: ServiceHarness, partner: str) -> None:
    mentor = await come(s, "mentor", volunteer())
    introduced = PairIntroduced(
        pair_id=uuid4(),
        request_id=uuid4(),
        mentee_id=uuid4(),
        mentor_id=mentor.mentor_id,
        association="tandem_avenir",
    )
    await s.handle(introduced)
    s.clock.advance(days=4 * YEARS)
    assert (await run_retention(s.runtime.transactions))["inactive"] == 0
    ended = EngagementEnded(
        engagement_id=uuid4(),
        **introduced.model_dump(include={"pair_id", "request_id", "mentee_id", "mentor_id"}),
        reason="completed",
    )
    await s.handle(ended)
    assert (await run_retention(s.runtime.transactions))["inactive"] == 0
    s.clock.advance(days=3 * YEARS + 2)
    assert (await run_retention(s.runtime.transactions))["inactive"] == 1


async def test_a_request_that_ended_two_years_ago(s: ServiceHarness, partner: str) -> None:
    mentee = await come(s, "mentee", young())
    await s.pool.execute("UPDATE requests SET state = 'ended', closed_at = $1", s.clock.now())
    s.clock.advance(days=729)
    assert (await run_retention(s.runtime.transactions))["ended"] == 0
    s.clock.advance(days=2)
    assert (await run_retention(s.runtime.transactions))["ended"] == 1
    assert await list_erased(s) == [mentee.mentee_id]


async def test_a_child_whose_guardian_never_answered(s: ServiceHarness, partner: str) -> None:
    child = {"born": "2013-03-04", "guardian_first_name": "Maud", "guardian_email": "m@exemple.fr"}
    await come(s, "mentee", young(**child))
    s.clock.advance(days=93)
    assert (await run_retention(s.runtime.transactions))["unconfirmed"] == 1


async def test_what_came_in_and_what_is_technical_goes(s: ServiceHarness, partner: str) -> None:
    key = {"Idempotency-Key": "3e0c4c6a-8a46-4a0e-9d7e-0d9b8a6f3b11"}
    await register(s, {"kind": "mentor", **volunteer()}, **key)
    s.clock.advance(days=31)
    assert (await run_retention(s.runtime.transactions))["raw_intake"] == 1
    assert await s.pool.fetchval("SELECT count(*) FROM idempotent_answers") == 0


async def test_one_run_a_day_whose_report_stays(s: ServiceHarness) -> None:
    assert await run_if_due(s.runtime.transactions) is not None
    assert await run_if_due(s.runtime.transactions) is None
    s.clock.advance(days=1)
    report = await run_if_due(s.runtime.transactions)
    assert report is not None
    async with s.pool.acquire() as connection:
        assert await KeptData(connection).latest_report() == report


async def test_the_ledger_s_old_rows_go_by_the_retention_role_alone(s: ServiceHarness) -> None:
    for days in (0, 4 * YEARS):
        await s.pool.execute(
            "INSERT INTO ledger (at, actor, person_id, what, reason)"
            " VALUES ($1, 'notification', $2, 'contact:mentee', 'mentee_registered')",
            before(s.clock.now(), days),
            uuid4(),
        )
    limit = before(s.clock.now(), default_retention().ledger)
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await s.pool.execute("DELETE FROM ledger WHERE at < $1", limit)
    role = f"test_{uuid4().hex[:8]}_retention"
    async with s.pool.acquire() as connection:
        await connection.execute(f'CREATE ROLE "{role}"')
        await connection.execute(f'GRANT SELECT, DELETE ON ledger TO "{role}"')
        await connection.execute(f'SET ROLE "{role}"')
        assert await delete_looks(connection, limit) == 1
        await connection.execute("RESET ROLE")
        await connection.execute(f'DROP OWNED BY "{role}"')
        await connection.execute(f'DROP ROLE "{role}"')
    assert await s.pool.fetchval("SELECT count(*) FROM ledger") == 1


async def test_an_installation_sets_its_own_days(
    s: ServiceHarness, partner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await come(s, "mentor", volunteer())
    own = vars(default_retention()) | {"inactive": 10}
    (tmp_path / "retention.json").write_text(json.dumps(own))
    monkeypatch.setenv("BINOME_RETENTION_FILE", str(tmp_path / "retention.json"))
    s.clock.advance(days=11)
    assert (await run_retention(s.runtime.transactions))["inactive"] == 1


@pytest.mark.parametrize("wrong", [{"inactive": 0}, {"inactive": "1"}, {"more": 3}])
def test_rules_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="retention"):
        read_retention(vars(default_retention()) | wrong)
