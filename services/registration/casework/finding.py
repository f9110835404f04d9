"""An association finds one of its own people by name and birth date; of nobody else it learns."""

from uuid import UUID

from pydantic_core import PydanticCustomError

from services.registration.casework.keyring import vault
from services.registration.casework.ownership import owner_of
from services.registration.domain import fields
from services.registration.domain.faults import Fault, Refused
from services.registration.domain.identity import Identity, plain
from services.registration.store import Acquaintances, Ledger
from shared.contracts.events import Side
from shared.runtime.transaction import Transaction

SIDES: tuple[Side, ...] = ("mentee", "mentor")


async def find_own_person(
    names: tuple[str, str], born: str, association: str, actor: str, tx: Transaction
) -> UUID | None:
    """The one person in this association's charge with this name and birth date; None for nobody,
    or several. Raises Refused for a date that cannot be read. `actor`: who looks, in the ledger."""
    try:
        wanted = Identity(names[0], names[1], fields.birth_date(born))
    except PydanticCustomError as error:
        raise Refused([Fault("born", error.type)]) from None
    found = []
    for side in SIDES:
        for one in await Acquaintances(tx.connection, vault()).alike(side, wanted):
            if _is(one.identity, wanted) and await owner_of(side, one.id, tx) == association:
                found.append(one.id)
    if len(found) != 1:
        return None
    await Ledger(tx.connection).write(tx.now, actor, found[0], "identity", "contact_lost")
    return found[0]


def _is(known: Identity, wanted: Identity) -> bool:
    return (plain(known.first_name), plain(known.last_name), known.born) == (
        plain(wanted.first_name),
        plain(wanted.last_name),
        wanted.born,
    )
