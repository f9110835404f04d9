"""What the word of whoever was known first is worth: "the later registration is mine too".

Anybody may have been the first to write a name into an open page, with a mailbox of their own. Were
their button enough, whoever registers a name before its bearer does could close the bearer's
request. So it is enough only for somebody who could close the later registration by its own link
anyway, or whom somebody that we know registered.
"""

from services.registration.domain.identity import Identity, contacts_of
from services.registration.store import Doubt, People, Proofs
from services.registration.use_cases.prove_contact import first_address
from services.registration.use_cases.vault_provider import vault
from shared.persistence.transaction import Transaction


async def is_proof(doubt: Doubt, tx: Transaction) -> bool:
    """Whether the button behind the earlier person's link settles this doubt; else it is evidence
    for the association that decides.

    Never for somebody who is held as a doubt. Always for somebody whom a partner or a file
    registered: their link goes to the contact that was stated for them. For somebody from an open
    page, where they have proved the address that their link was sent to, and the later
    registration names the same one.
    """
    people = People(tx.connection, vault())
    if await people.is_held(doubt.earlier_id):
        return False
    if await people.door_of(doubt.earlier_id) != "page":
        return True
    earlier = await people.open(doubt.earlier_id)
    newcomer = await people.open(doubt.newcomer_id)
    address = first_address(earlier[0], doubt.side) if earlier else None
    if address is None or newcomer is None or not _is_reached_at(newcomer[0], address):
        return False
    return await Proofs(tx.connection, vault()).has_proved(doubt.earlier_id, address)


def _is_reached_at(person: Identity, address: tuple[str, str]) -> bool:
    return ":".join(address) in contacts_of(person)
