"""Whoever waited because they might be somebody known waits no more, once nobody is left to be."""

from collections.abc import Sequence
from uuid import UUID

from services.registration.domain.timers import DOUBT_OVERDUE
from services.registration.store import (
    Clearances,
    Doubts,
    MentorGuardians,
    People,
    Requests,
    date_change,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import HoldLifted
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction


async def drop_doubts_about(person_id: UUID, tx: Transaction) -> None:
    """Somebody is erased or over: nobody decides any more who they were, nor waits for it."""
    doubts = Doubts(tx.connection)
    for moot in await doubts.about(person_id):
        await tx.cancel(DOUBT_OVERDUE, moot.id)
        await doubts.settle(moot.id, "gone", "service", tx.now)
        await Clearances(tx.connection).drop_claims(person_id, moot.earlier_id, tx.now)
    for moot in await doubts.against(person_id):
        await tx.cancel(DOUBT_OVERDUE, moot.id)
        await doubts.settle(moot.id, "gone", "service", tx.now)
        await lift_hold(moot.side, moot.newcomer_id, (), tx)


async def lift_hold(side: Side, newcomer_id: UUID, past: Sequence[UUID], tx: Transaction) -> None:
    """Once nobody is left whom the newcomer may be, they wait no more.

    `past`: mentors whom the newcomer has been paired with before.
    """
    held = await People(tx.connection, vault()).is_held(newcomer_id)
    if held and not await Doubts(tx.connection).is_held(newcomer_id):
        await _release(side, newcomer_id, past, tx)


async def _release(side: Side, newcomer_id: UUID, past: Sequence[UUID], tx: Transaction) -> None:
    """Matched from now on, with the old date."""
    await People(tx.connection, vault()).set_held(newcomer_id, False)
    if await MentorGuardians(tx.connection).is_awaited(newcomer_id):
        return  # matched once the guardian is seen to
    subjects = [newcomer_id]
    if side == "mentee":
        subjects = await Requests(tx.connection).open_ids_of(newcomer_id)
    changed_at = None  # a request is held once; a mentor may be again
    if side == "mentor":
        changed_at = await date_change(tx.connection, "hold", newcomer_id, tx.now)
    for subject in subjects:
        tx.publish(
            HoldLifted(
                side=side,
                person_id=newcomer_id,
                request_id=subject,
                apart_from=tuple(past),
                changed_at=changed_at,
            )
        )
