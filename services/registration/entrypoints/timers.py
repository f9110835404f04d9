"""What the clock starts: deadlines of associations and of parents, and another try each day."""

from datetime import date
from uuid import UUID

from services.registration.domain import timers as timer_names
from services.registration.store import Requests
from services.registration.use_cases import (
    ask_consent,
    check_guardian,
    obtain_consent,
    settle_guardian_check,
)
from services.registration.use_cases import reach_birthday as birthdays
from services.registration.use_cases.change_contact import forget_former_contact, make_due_change
from services.registration.use_cases.obtain_consent import forget_unconfirmed
from services.registration.use_cases.raise_doubt import remind_of_doubt
from services.registration.use_cases.record_clearance import (
    end_clearance,
    hand_claim_on,
    remind_of_end,
)
from services.registration.use_cases.route_request import reroute, route
from shared.persistence.transaction import Transaction
from shared.service.definition import Timer


async def expire_association_deadline(timer: Timer, tx: Transaction) -> None:
    """The association's deadline has passed without an answer: on to the next best."""
    request = await Requests(tx.connection).get_for_update(UUID(timer.key))
    if request and request.state == "routed":
        await reroute(request, "silent", tx)


async def retry_routing(timer: Timer, tx: Transaction) -> None:
    """Nobody fitted yesterday. Those who stayed silent are asked once more."""
    await route(UUID(timer.key), tx, anew=True)


async def forget_without_consent(timer: Timer, tx: Transaction) -> None:
    """Three months without a parent's answer."""
    await forget_unconfirmed(UUID(timer.key), tx)


async def remind_of_overdue_doubt(timer: Timer, tx: Transaction) -> None:
    """Five working days without a decision."""
    await remind_of_doubt(UUID(timer.key), tx)


async def remind_of_clearance(timer: Timer, tx: Transaction) -> None:
    """Thirty days before the last day of a mentor's clearance."""
    await remind_of_end(UUID(timer.key), date.fromisoformat(timer.payload["until"]), tx)


async def expire_clearance(timer: Timer, tx: Transaction) -> None:
    """The day after the last day of a mentor's clearance."""
    await end_clearance(UUID(timer.key), date.fromisoformat(timer.payload["until"]), tx)


async def hand_on_overdue_claim(timer: Timer, tx: Transaction) -> None:
    """Five working days without a decision about a claimed clearance."""
    await hand_claim_on(UUID(timer.key), tx)


async def change_contact(timer: Timer, tx: Transaction) -> None:
    """The 48 hours in which the old address could say no are over."""
    await make_due_change(UUID(timer.key), tx)


async def forget_contact(timer: Timer, tx: Transaction) -> None:
    """The old address can no longer say no, and is let go."""
    await forget_former_contact(UUID(timer.key), tx)


async def remind_of_consent(timer: Timer, tx: Transaction) -> None:
    """A parent has not answered yet: asked once more."""
    reminder = list(ask_consent.REMINDERS).index(timer.kind) + 1
    await obtain_consent.remind_guardian(UUID(timer.key), reminder, tx)


async def ask_about_guardian(timer: Timer, tx: Transaction) -> None:
    """The guardian is not seen to yet: the association is asked, or reminded."""
    reminder = timer.kind == check_guardian.REMINDER
    await settle_guardian_check.ask_once_more(UUID(timer.key), tx, reminder=reminder)


async def pass_over_unseen_guardian(timer: Timer, tx: Transaction) -> None:
    """The association did not see to the guardian in time: on to the next best."""
    await settle_guardian_check.pass_over_silent(UUID(timer.key), tx)


async def reach_birthday(timer: Timer, tx: Transaction) -> None:
    """Somebody is 15 or 18 today."""
    ages = {kind: age for age, kind in timer_names.BIRTHDAY.items()}
    await birthdays.reach_birthday(UUID(timer.key), ages[timer.kind], tx)
