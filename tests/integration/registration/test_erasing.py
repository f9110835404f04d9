"""A person is erased: journal, key, rows, services; a crash at any step loses nothing of it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.registration.gateways.journal import ErasureJournal, JournalEntry
from services.registration.settings import RegistrationSettings
from services.registration.store import Erasures, People
from services.registration.use_cases.erase_person import erase_person
from services.registration.use_cases.maintain_keys import MOST_ORPHANS, move_keys, sweep_keys
from services.registration.use_cases.reapply_erasures import read_journal, reapply_erasures
from services.registration.use_cases.vault_provider import journal, vault
from shared.contracts.events import (
    ErasureDone,
    MenteeRegistered,
    MentorLeft,
    MentorRegistered,
    PersonErased,
    RequestWithdrawn,
)
from shared.contracts.types import Side
from tests.integration.registration.conftest import register
from tests.support.service_harness import ServiceHarness
from tests.unit.registration.people import volunteer, young


@pytest.fixture
async def mentee(s: ServiceHarness, partner: str) -> MenteeRegistered:
    await register(s, {"kind": "mentee", **young(publics=["disability"])}, **KEYED)
    registered = (await s.take_events())[0]
    assert isinstance(registered, MenteeRegistered)
    return registered


@pytest.fixture
async def mentor(s: ServiceHarness, partner: str) -> MentorRegistered:
    await register(s, {"kind": "mentor", **volunteer()})
    (registered,) = await s.take_events()
    assert isinstance(registered, MentorRegistered)
    return registered


KEYED = {"Idempotency-Key": "3e0c4c6a-8a46-4a0e-9d7e-0d9b8a6f3b11"}


async def erase(s: ServiceHarness, person_id: UUID, side: Side) -> None:
    async with s.runtime.begin() as tx:
        await erase_person(person_id, side, "person", tx)


async def standing(s: ServiceHarness, person_id: UUID) -> bool:
    """Whether anything of a person can be opened."""
    async with s.pool.acquire() as connection:
        return await People(connection, vault()).open(person_id) is not None


@pytest.mark.parametrize("times", [1, 2])
async def test_a_receipt_is_kept_once(s: ServiceHarness, times: int) -> None:
    person_id = uuid4()
    done = ErasureDone(person_id=person_id, service="matching")
    async with s.runtime.begin() as tx:
        await Erasures(tx.connection).ask(person_id, "mentor", "operator", tx.now, tx.now.date())
    for _ in range(times):
        await s.handle(done)
    async with s.pool.acquire() as connection:
        kept = await Erasures(connection).about(person_id)
    assert kept
    assert [*kept.receipts] == ["matching"]


async def test_nothing_of_an_erased_mentee_is_left(
    s: ServiceHarness, mentee: MenteeRegistered
) -> None:
    await erase(s, mentee.mentee_id, "mentee")
    assert not await standing(s, mentee.mentee_id)
    assert await vault().keys.of([mentee.mentee_id]) == {}
    for table in ("marks", "sensitive_publics", "explanations"):
        assert await s.pool.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert await s.pool.fetchval("SELECT criteria FROM requests") == {}
    types = [type(event) for event in await s.take_events()]
    assert types == [RequestWithdrawn, PersonErased]


async def test_nothing_of_an_erased_mentor_is_left(
    s: ServiceHarness, mentor: MentorRegistered
) -> None:
    await erase(s, mentor.mentor_id, "mentor")
    assert not await standing(s, mentor.mentor_id)
    assert await s.pool.fetchval("SELECT criteria FROM mentors") == {}
    assert await s.take_events() == [
        MentorLeft(mentor_id=mentor.mentor_id, reason="erased"),
        PersonErased(person_id=mentor.mentor_id, side="mentor"),
    ]


async def test_what_a_partner_sends_again_under_its_key_registers_nobody_anew(
    s: ServiceHarness, mentee: MenteeRegistered
) -> None:
    await erase(s, mentee.mentee_id, "mentee")
    await s.take_events()
    again = await register(s, {"kind": "mentee", **young(publics=["disability"])}, **KEYED)
    assert again.status_code == 409
    assert await s.take_events() == []


async def test_the_day_from_which_it_is_final_is_that_of_the_archive(
    s: ServiceHarness, mentor: MentorRegistered
) -> None:
    await erase(s, mentor.mentor_id, "mentor")
    async with s.pool.acquire() as connection:
        kept = await Erasures(connection).about(mentor.mentor_id)
    assert kept
    assert kept.final_on == (s.clock.now() + timedelta(days=8)).date()


STEPS = {"journal": True, "key": False, "row": False, "commit": False, "done": False}
"""Where the process is killed → whether the person may still stand afterwards."""


@pytest.mark.parametrize("side", ["mentee", "mentor"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_leaves_an_erasure_that_is_finished(
    s: ServiceHarness, mentee: MenteeRegistered, mentor: MentorRegistered, step: str, side: Side
) -> None:
    person_id = mentee.mentee_id if side == "mentee" else mentor.mentor_id
    await s.take_events()
    script = "tests.integration.registration.killed_eraser"
    command = [sys.executable, "-m", script, step, side, str(person_id)]
    died = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: ASYNC221 - nothing else runs meanwhile
    assert died.returncode == (0 if step == "done" else -9), died.stderr
    await reapply_erasures(await read_journal(), s.runtime.transactions)
    assert await standing(s, person_id) == STEPS[step]
    erased = PersonErased(person_id=person_id, side=side)
    assert (erased in await s.take_events()) != STEPS[step]
    assert await reapply_erasures(await read_journal(), s.runtime.transactions) == 0


async def test_a_torn_line_of_the_journal_hides_no_other(tmp_path: Path) -> None:
    kept = ErasureJournal(tmp_path / "deep" / "journal")
    one, two = (
        JournalEntry(datetime(2026, 3, n, tzinfo=UTC), uuid4(), "mentor", "person") for n in (1, 2)
    )
    kept.append(one)
    file = tmp_path / "deep" / "journal"
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    kept.append(two)
    assert [*kept.entries()] == [one, two]
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_restored_row_is_erased_again(s: ServiceHarness, mentor: MentorRegistered) -> None:
    """Rows and key from before come back, as by restoring both databases."""
    before = await s.fetch_row("SELECT sealed FROM persons")
    keys = await vault().keys.of([mentor.mentor_id])
    await erase(s, mentor.mentor_id, "mentor")
    await s.pool.execute("UPDATE persons SET sealed = $1, erased_at = NULL", before["sealed"])
    await vault().keys.add_missing(keys)
    assert await standing(s, mentor.mentor_id)
    await s.take_events()
    assert await reapply_erasures(await read_journal(), s.runtime.transactions) == 1
    assert not await standing(s, mentor.mentor_id)
    assert await vault().keys.of([mentor.mentor_id]) == {}


async def test_a_restored_service_gets_every_erasure_again(
    s: ServiceHarness, mentor: MentorRegistered
) -> None:
    await erase(s, mentor.mentor_id, "mentor")
    await s.take_events()
    entries = await read_journal()
    await reapply_erasures(entries, s.runtime.transactions, everywhere=True)
    assert await s.take_events() == [PersonErased(person_id=mentor.mentor_id, side="mentor")]


async def test_without_a_journal_nothing_is_erased(
    s: ServiceHarness, mentor: MentorRegistered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BINOME_ERASURE_JOURNAL", str(tmp_path / "file" / "journal"))
    with pytest.raises(OSError, match="file"):
        await erase(s, mentor.mentor_id, "mentor")
    assert await standing(s, mentor.mentor_id)


async def test_keys_from_beside_their_people_are_moved(
    s: ServiceHarness, mentor: MentorRegistered
) -> None:
    keys = await vault().keys.of([mentor.mentor_id])
    await vault().keys.delete([mentor.mentor_id])
    await s.pool.execute("UPDATE persons SET wrapped_key = $1", keys[mentor.mentor_id])
    assert await standing(s, mentor.mentor_id), "an installation goes on while they are moved"
    assert await move_keys(s.runtime.transactions) == 1
    assert await s.pool.fetchval("SELECT wrapped_key FROM persons") is None
    assert await standing(s, mentor.mentor_id)


async def age_keys(s: ServiceHarness) -> None:
    settings = cast("RegistrationSettings", s.runtime.settings)
    keys = await asyncpg.connect(settings.keys_database_url.get_secret_value())
    await keys.execute("UPDATE person_keys SET made_at = now() - interval '2 days'")
    await keys.close()


async def test_a_key_that_belongs_to_nobody_is_swept(
    s: ServiceHarness, mentor: MentorRegistered
) -> None:
    await vault().keys.add(uuid4(), b"orphan")
    assert await sweep_keys(s.runtime.transactions) == 0, "its person may still be on the way"
    await age_keys(s)
    assert await sweep_keys(s.runtime.transactions) == 1
    assert await standing(s, mentor.mentor_id)


async def test_nothing_is_swept_where_it_looks_like_the_wrong_database(s: ServiceHarness) -> None:
    await vault().keys.add_missing({uuid4(): b"key" for _ in range(MOST_ORPHANS + 1)})
    await age_keys(s)
    assert await sweep_keys(s.runtime.transactions) == 0


async def test_the_journal_holds_ids_and_times_alone(
    s: ServiceHarness, mentor: MentorRegistered
) -> None:
    await erase(s, mentor.mentor_id, "mentor")
    (entry,) = journal().entries()
    assert (entry.person_id, entry.side, entry.asked_by) == (mentor.mentor_id, "mentor", "person")


async def test_nothing_that_others_keep_beside_a_person_is_left(
    s: ServiceHarness, mentee: MenteeRegistered
) -> None:
    await s.pool.execute(
        "INSERT INTO dead_ways (person_id, channel, since) VALUES ($1, 'mail', now())",
        mentee.mentee_id,
    )
    await s.pool.execute(
        "INSERT INTO guardian_checks (subject, side, kind, association, opened_at, answer_by)"
        " VALUES ($1, 'mentee', 'inform', 'pas_a_pas', now(), now()) ON CONFLICT DO NOTHING",
        mentee.request_id,
    )
    await erase(s, mentee.mentee_id, "mentee")
    for table in ("dead_ways", "guardian_checks", "unreachable_people"):
        assert await s.pool.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert not await s.pool.fetchval(
        "SELECT count(*) FROM timers WHERE key = ANY($1)",
        [str(mentee.mentee_id), str(mentee.request_id)],
    )
