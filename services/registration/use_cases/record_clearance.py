"""What is said about a mentor's clearance for minors, and what follows from it.

A no takes effect at once, whoever authenticated says it. A yes takes effect where `counts` says
so; any other is a claim that the association in charge decides.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from services.registration.domain.clearance import (
    REMINDED_BEFORE,
    Standing,
    Statement,
    counts,
    last_day,
)
from services.registration.domain.timers import CLEARANCE_ENDED, CLEARANCE_ENDS_SOON
from services.registration.domain.workdays import add_working_days
from services.registration.store import Claim, Clearances, ClearedMentor, date_change
from shared.contracts.clearance import is_cleared
from shared.contracts.events import ClearanceAsked, ClearanceChanged
from shared.contracts.types import PARIS
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.contracts.vocabulary.programmes import PROGRAMME
from shared.persistence.transaction import Transaction

CLAIM_OVERDUE = "clearance_claim_overdue"
"""Timer of a claim that nobody has decided."""
DECIDED_WITHIN = 5
"""Working days that an association has to decide about a claim."""


async def record_clearance(
    mentor_id: UUID, statement: Statement, tx: Transaction, newcomer_id: UUID | None = None
) -> None:
    """Act on what a partner or a file says of a mentor who is here, or of a newcomer who may be
    them."""
    stated, actor = statement.clearance, statement.actor
    if stated is None or actor is None:
        return
    mentor = await Clearances(tx.connection).get_for_update(mentor_id)
    if mentor is None:
        return
    until = last_day(stated, today_in_paris(tx), PROGRAMME.clearance_months)
    if until is None:
        await apply_withdrawal(mentor, actor, tx)
    elif counts(statement, mentor.standing):
        await apply_clearance(mentor, until, actor, tx)
    else:
        owner, due_on = in_charge_of(mentor.association), _due_on(tx)
        claim = Claim(tx.new_id(), mentor.id, until, actor, tx.now, owner, due_on, newcomer_id)
        await _keep_claim(claim, tx)


def first_clearance(statement: Statement, tx: Transaction) -> date | None:
    """The last day of a new mentor's clearance, as far as who registers them is believed."""
    if statement.actor is None or not counts(statement, Standing(None, None)):
        return None
    stated = statement.clearance or False
    return last_day(stated, today_in_paris(tx), PROGRAMME.clearance_months)


async def begin_clearance(mentor_id: UUID, statement: Statement, tx: Transaction) -> None:
    """Keep what was said of a mentor who has just been added: `mentor.registered` states what
    counts, the rest is a claim."""
    until = first_clearance(statement, tx)
    if until is None:
        await record_clearance(mentor_id, statement, tx)
    elif statement.actor:
        await Clearances(tx.connection).set(mentor_id, until, statement.actor)
        await _watch(mentor_id, until, tx)


async def remind_of_end(mentor_id: UUID, until: date, tx: Transaction) -> None:
    """The clearance ends soon, unless it was changed meanwhile."""
    mentor = await Clearances(tx.connection).get_for_update(mentor_id)
    if mentor and mentor.standing.until == until:
        owner = in_charge_of(mentor.association)
        event = ClearanceAsked(mentor_id=mentor_id, association=owner, reason="ending", due=until)
        tx.publish(event)


async def end_clearance(mentor_id: UUID, until: date, tx: Transaction) -> None:
    """Its last day is over, unless it was changed meanwhile: as if it had been withdrawn."""
    mentor = await Clearances(tx.connection).get_for_update(mentor_id)
    if mentor and mentor.standing.until == until:
        await _state(mentor, None, "expired", tx)


async def hand_claim_on(claim_id: UUID, tx: Transaction) -> None:
    """Not decided in time: it goes to the network's head, with a new deadline."""
    clearances = Clearances(tx.connection)
    claim = await clearances.open_claim(claim_id)
    if claim is None:
        return
    if await clearances.get_for_update(claim.mentor_id) is None:  # erased meanwhile
        await clearances.settle_claims(claim.mentor_id, "service", tx.now)
        return
    due_on = _due_on(tx)
    await clearances.hand_on(claim_id, NETWORK_HEAD, due_on)
    await _ask(replace(claim, association=NETWORK_HEAD, due_on=due_on), "overdue", tx)


def in_charge_of(association: str | None) -> str:
    """Who decides about a mentor: their association, else the network's head."""
    return association if association in ASSOCIATIONS else NETWORK_HEAD


def today_in_paris(tx: Transaction) -> date:
    """The day on which clearances are judged now."""
    return tx.now.astimezone(PARIS).date()


async def apply_clearance(mentor: ClearedMentor, until: date, actor: str, tx: Transaction) -> None:
    """Cleared until then, from now on."""
    await Clearances(tx.connection).set(mentor.id, until, actor)
    if mentor.standing.until != until:
        await _watch(mentor.id, until, tx)
        await _state(mentor, until, "recorded", tx)


async def _keep_claim(claim: Claim, tx: Transaction) -> None:
    """Keep a yes that does not count by itself, and ask the association in charge."""
    if await Clearances(tx.connection).add_claim(claim):
        await _ask(claim, "claimed", tx)


async def apply_withdrawal(mentor: ClearedMentor, actor: str, tx: Transaction) -> None:
    """Said of somebody who was cleared, it pauses and calls a human; a no said again does not."""
    await Clearances(tx.connection).set(mentor.id, None, actor)
    await tx.cancel(CLEARANCE_ENDS_SOON, mentor.id)
    await tx.cancel(CLEARANCE_ENDED, mentor.id)
    if mentor.standing.until and is_cleared(mentor.standing.until, today_in_paris(tx)):
        await _state(mentor, None, "withdrawn", tx)


async def _watch(mentor_id: UUID, until: date, tx: Transaction) -> None:
    entry = {"until": until.isoformat()}
    await tx.schedule(CLEARANCE_ENDS_SOON, mentor_id, _begin_of(until - REMINDED_BEFORE), **entry)
    await tx.schedule(CLEARANCE_ENDED, mentor_id, _begin_of(until + timedelta(days=1)), **entry)


async def _state(
    mentor: ClearedMentor,
    until: date | None,
    reason: Literal["recorded", "withdrawn", "expired"],
    tx: Transaction,
) -> None:
    owner = in_charge_of(mentor.association)
    tx.publish(
        ClearanceChanged(
            mentor_id=mentor.id,
            cleared_until=until,
            association=owner,
            reason=reason,
            changed_at=await date_change(tx.connection, "clearance", mentor.id, tx.now),
        )
    )


async def _ask(claim: Claim, reason: Literal["claimed", "overdue"], tx: Transaction) -> None:
    await tx.schedule(CLAIM_OVERDUE, claim.id, _begin_of(claim.due_on + timedelta(days=1)))
    tx.publish(
        ClearanceAsked(
            mentor_id=claim.mentor_id,
            association=claim.association,
            reason=reason,
            due=claim.due_on,
        )
    )


def _due_on(tx: Transaction) -> date:
    return add_working_days(today_in_paris(tx), DECIDED_WITHIN)


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)
