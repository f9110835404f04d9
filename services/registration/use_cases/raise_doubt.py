"""Somebody may be known already: kept, shown to whoever may decide, never decided silently."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from services.registration.domain.timers import DOUBT_OVERDUE
from services.registration.domain.workdays import add_working_days
from services.registration.store import Doubt, Doubts, People, Requests
from services.registration.use_cases.find_owner import find_owner
from services.registration.use_cases.recognise_person import Resemblance
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import DoubtRaised, RegistrationRepeated
from shared.contracts.types import PARIS, Side
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.persistence.transaction import Transaction

DECIDED_WITHIN = 5
"""Working days that an association has to decide."""


async def raise_doubts(
    side: Side, alike: Iterable[Resemblance], newcomer_id: UUID, tx: Transaction
) -> None:
    """Keep the question whether a newcomer is one of these, and tell whoever decides it.

    Where the evidence is strong, who is known hears of it at the address that we know.
    """
    for one in alike:
        await _raise_doubt(side, one, newcomer_id, tx)


async def _raise_doubt(side: Side, alike: Resemblance, newcomer_id: UUID, tx: Transaction) -> None:
    doubt = Doubt(
        id=tx.new_id(),
        side=side,
        earlier_id=alike.earlier_id,
        newcomer_id=newcomer_id,
        agreeing=alike.likeness.agreeing,
        holds=alike.holds,
        association=await find_owner(side, alike.earlier_id, tx),
        raised_at=tx.now,
        due_on=_due_on(tx),
    )
    await Doubts(tx.connection).add(doubt)
    await _ask(doubt.id, doubt.association, doubt.due_on, tx)
    if doubt.holds:
        await _tell_known(side, doubt.earlier_id, tx)


async def remind_of_doubt(doubt_id: UUID, tx: Transaction) -> None:
    """Not decided in time: it goes to the network's head, with a new deadline and a reminder."""
    doubts = Doubts(tx.connection)
    doubt = await doubts.get_for_update(doubt_id)
    if doubt is None:
        return
    if await People(tx.connection, vault()).open(doubt.newcomer_id) is None:
        await doubts.settle(doubt_id, "gone", "service", tx.now)
        return
    due_on = _due_on(tx)
    await doubts.hand_on(doubt_id, NETWORK_HEAD, due_on, tx.now)
    await _ask(doubt_id, NETWORK_HEAD, due_on, tx, reminder=True)


async def _tell_known(side: Side, person_id: UUID, tx: Transaction) -> None:
    """Their own link again, with the button that says "it was me"."""
    subject: UUID | None = person_id
    if side == "mentee":
        subject = await Requests(tx.connection).latest_of(person_id)
    opened = await People(tx.connection, vault()).open(person_id)
    if subject is None or opened is None:
        return
    tx.publish(
        RegistrationRepeated(person_id=person_id, side=side, request_id=subject, lang=opened[1])
    )


async def _ask(
    doubt_id: UUID, association: str, due_on: date, tx: Transaction, reminder: bool = False
) -> None:
    await tx.schedule(DOUBT_OVERDUE, doubt_id, _end_of(due_on))
    tx.publish(
        DoubtRaised(doubt_id=doubt_id, association=association, due=due_on, reminder=reminder)
    )


def _due_on(tx: Transaction) -> date:
    return add_working_days(tx.now.astimezone(PARIS).date(), DECIDED_WITHIN)


def _end_of(day: date) -> datetime:
    """When the last hour of a day in Paris is over."""
    return datetime.combine(day + timedelta(days=1), time(), PARIS)
