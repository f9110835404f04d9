"""From what came through a door to a registration, or the reasons why not."""

from services.registration.domain.errors import Refused
from services.registration.domain.fields import PARIS
from services.registration.domain.registrations import (
    Circumstances,
    MenteeRegistration,
    MentorRegistration,
    read_mentee,
    read_mentor,
)
from services.registration.domain.roles import role_faults
from services.registration.store import Refusals
from services.registration.use_cases.register import (
    Admitted,
    Origin,
    admit_mentee,
    admit_mentor,
    identity_of,
)
from services.registration.use_cases.vault_provider import fictional_numbers
from shared.contracts.events import Side
from shared.persistence.transaction import Transaction


async def take(side: Side, raw: object, origin: Origin, tx: Transaction) -> Admitted:
    """Validate and admit. Raises Refused."""
    told = read(side, raw, tx)
    if isinstance(told, MenteeRegistration):
        return await admit_mentee(told, origin, tx)
    return await admit_mentor(told, origin, tx)


def read(side: Side, raw: object, tx: Transaction) -> MenteeRegistration | MentorRegistration:
    """Validate only, by the calendar of this transaction. Raises Refused."""
    around = Circumstances(tx.now.astimezone(PARIS).date(), fictional_numbers())
    told = read_mentee(raw, around) if side == "mentee" else read_mentor(raw, around)
    if faults := tuple(role_faults(identity_of(told, around.today))):
        raise Refused(faults)
    return told


async def note_refusal(side: Side, refused: Refused, origin: Origin, tx: Transaction) -> None:
    """Count what was turned away and why; nothing of the person is kept."""
    reasons = [f"{fault.field}.{fault.code}" for fault in refused.faults]
    await Refusals(tx.connection).add(tx.now, origin.door, side, reasons, origin.partner)
