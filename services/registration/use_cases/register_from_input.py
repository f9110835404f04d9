"""From what came in to a registration, or the reasons why not."""

from services.registration.domain.errors import InvalidRegistration
from services.registration.domain.mentee_registration import MenteeRegistration
from services.registration.domain.mentor_registration import MentorRegistration
from services.registration.domain.registration import ValidationContext
from services.registration.domain.registrations import read_mentee, read_mentor
from services.registration.domain.roles import role_faults
from services.registration.store import Refusals
from services.registration.use_cases.add_person import Origin, Registered, identity_of
from services.registration.use_cases.register_mentee import register_mentee
from services.registration.use_cases.register_mentor import register_mentor
from services.registration.use_cases.vault_provider import fictional_numbers
from shared.contracts.types import PARIS, Side
from shared.persistence.transaction import Transaction


async def register_from_input(
    side: Side, raw: object, origin: Origin, tx: Transaction
) -> Registered:
    """Validate and admit. Raises InvalidRegistration."""
    entry = read(side, raw, tx)
    if isinstance(entry, MenteeRegistration):
        return await register_mentee(entry, origin, tx)
    return await register_mentor(entry, origin, tx)


def read(side: Side, raw: object, tx: Transaction) -> MenteeRegistration | MentorRegistration:
    """Validate only, by the calendar of this transaction. Raises InvalidRegistration."""
    around = ValidationContext(tx.now.astimezone(PARIS).date(), fictional_numbers())
    entry = read_mentee(raw, around) if side == "mentee" else read_mentor(raw, around)
    if faults := tuple(role_faults(identity_of(entry, around.today))):
        raise InvalidRegistration(faults)
    return entry


async def note_refusal(
    side: Side, refused: InvalidRegistration, origin: Origin, tx: Transaction
) -> None:
    """Count what was turned away and why; nothing of the person is kept."""
    reasons = [f"{fault.field}.{fault.code}" for fault in refused.faults]
    await Refusals(tx.connection).add(tx.now, origin.door, side, reasons, origin.partner)
