"""Which association answers for somebody; the network's head where none does."""

from uuid import UUID

from services.registration.store import People, Requests
from services.registration.use_cases.vault_provider import vault
from shared.contracts.types import Side
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.persistence.transaction import Transaction


async def find_owner(side: Side, person_id: UUID, tx: Transaction) -> str:
    """The association in charge of a young person's open request, or a mentor's own."""
    if side == "mentee":
        association = await Requests(tx.connection).association_in_charge(person_id)
    else:
        association = await People(tx.connection, vault()).association_of_mentor(person_id)
    return association if association in ASSOCIATIONS else NETWORK_HEAD
