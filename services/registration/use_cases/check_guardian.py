"""A task for an association: to assure itself of a minor's guardian before an introduction."""

from datetime import timedelta
from uuid import UUID

from services.registration.domain.guardians import check_of
from services.registration.store import GuardianCheck, GuardianChecks, Request
from services.registration.store.guardians import CheckKind
from shared.contracts.events import ConfirmationAsked
from shared.contracts.types import PARIS, Side
from shared.contracts.vocabulary.associations import NETWORK_HEAD
from shared.contracts.vocabulary.programmes import guardian_rules
from shared.persistence.transaction import Transaction

ASK = "guardian_check_ask"
"""Timer: our own message to the guardian should have left by now; a human is asked."""
REMINDER = "guardian_check_reminder"
DEADLINE = "guardian_check_deadline"
MESSAGE_TIME = timedelta(days=1)
"""How long our own message may take before the association is asked to see to it."""


async def open_request_check(request: Request, association: str, tx: Transaction) -> bool:
    """Lay the task before the association in charge; false when nothing is to do."""
    done = await GuardianChecks(tx.connection).get_for_update(request.id)
    if done is not None and done.settled_at is not None:
        return False
    kind = check_of(
        request.minority,
        guardian_rules(),
        consented=request.consented_at is not None,
        informed=request.guardian_told_at is not None,
    )
    if kind is None:
        return False
    by_message = kind == "inform" and request.guardian_contact
    await open_check(new_check(request.id, "mentee", kind, association, tx), by_message, tx)
    return True


def new_check(
    subject: UUID, side: Side, kind: CheckKind, association: str, tx: Transaction
) -> GuardianCheck:
    """A task that begins now, with the deadline that the programme gives."""
    answer_by = tx.now + timedelta(days=guardian_rules().guardian_check_days)
    return GuardianCheck(subject, side, kind, association, tx.now, answer_by)


async def open_check(check: GuardianCheck, by_message: bool, tx: Transaction) -> None:
    """Keep the task with its deadline and tell the association; `by_message`: our own message to
    the guardian is on its way and settles it, so that a human is asked only if it does not."""
    await GuardianChecks(tx.connection).open(check)
    half_way = check.opened_at + (check.answer_by - check.opened_at) / 2
    await tx.schedule(REMINDER, check.subject, half_way)
    await tx.schedule(DEADLINE, check.subject, check.answer_by)
    if by_message:
        await tx.schedule(ASK, check.subject, tx.now + MESSAGE_TIME)
    else:
        ask_about(check, tx)


async def hand_check_on(check: GuardianCheck, tx: Transaction) -> None:
    """The deadline has passed, and no other association can take it: the network's head does."""
    following = new_check(check.subject, check.side, check.kind, NETWORK_HEAD, tx)
    await open_check(following, False, tx)


def ask_about(check: GuardianCheck, tx: Transaction, reminder: bool = False) -> None:
    """State that the association has something to do."""
    tx.publish(
        ConfirmationAsked(
            subject_id=check.subject,
            side=check.side,
            association=check.association,
            kind=check.kind,
            asked_on=tx.now.astimezone(PARIS).date(),
            answer_by=check.answer_by,
            reminder=reminder,
        )
    )


async def close_check(subject: UUID, how: str, tx: Transaction) -> bool:
    """The guardian is seen to; false when nothing was to do."""
    settled = await GuardianChecks(tx.connection).settle(subject, how, tx.now)
    if settled:
        await _cancel_timers(subject, tx)
    return settled


async def drop_check(subject: UUID, tx: Transaction) -> None:
    """The task is there no more, unless it is done."""
    await GuardianChecks(tx.connection).drop(subject)
    await _cancel_timers(subject, tx)


async def _cancel_timers(subject: UUID, tx: Transaction) -> None:
    """Nobody is asked, reminded or passed over any more."""
    for timer in (ASK, REMINDER, DEADLINE):
        await tx.cancel(timer, subject)
