"""Nobody decides about themselves: who acts for an association may be a mentor, a young person or a
guardian too, and somebody else decides then."""

from collections.abc import Collection
from uuid import UUID

from services.registration.domain.identity import contacts_of, guardian_contacts_of
from services.registration.store import People, Users
from services.registration.use_cases.vault_provider import vault
from shared.contracts.addresses import plain_mail
from shared.persistence.transaction import Transaction


class OwnAffair(Exception):
    """Whoever acts is the person concerned, or their guardian. Nothing was changed."""


async def refuse_own(actor: str, people: Collection[UUID], tx: Transaction) -> None:
    """Raises OwnAffair where one of these people, or their guardian, is reached at the own address
    of who acts (`name@association`). They are opened to be compared, and shown to nobody."""
    name, _, association = actor.rpartition("@")
    users = Users(tx.connection, vault())
    user = await users.get_by_name(name, association)
    address = await users.address_of(user.id) if user else None
    if address is None:
        return
    own = f"mail:{plain_mail(address.strip())}"
    for person_id in people:
        opened = await People(tx.connection, vault()).open(person_id)
        if opened and own in {*contacts_of(opened[0]), *guardian_contacts_of(opened[0])}:
            raise OwnAffair
