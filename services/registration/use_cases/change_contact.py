"""Another contact for somebody: told to the old one, noted in the ledger, and to be stopped there.

By the person behind their own link, by the guardian behind theirs: at once. Whoever lost mailbox
and phone asks the association, which checks who asks and waits for 48 hours.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.registration.domain.age import MAJORITY
from services.registration.domain.contact import (
    CHECKED_BY,
    read_contact,
    with_contact,
    with_contact_of,
)
from services.registration.domain.guardians import start_of_birthday
from services.registration.domain.identity import Identity
from services.registration.domain.roles import has_two_roles
from services.registration.store import (
    AccessLog,
    ContactChange,
    ContactChanges,
    Links,
    People,
)
from services.registration.store.contact_changes import Role
from services.registration.use_cases.keep_people_apart import judge_contact
from services.registration.use_cases.record_reachability import note_alive
from services.registration.use_cases.refuse_own_affair import refuse_own
from services.registration.use_cases.vault_provider import fictional_numbers, vault
from shared.contracts.events import ContactChanged
from shared.contracts.types import Recipient, Side
from shared.persistence.transaction import Transaction

TAKES_EFFECT_AFTER = timedelta(hours=48)
STOPPED_WITHIN = timedelta(days=14)
"""How long the old address may stop a change, and how long it is kept for that."""
DUE = "contact_change_due"
"""Timer: a change that an association asked for takes effect."""
FORGOTTEN = "contact_change_forgotten"
"""Timer: the old address is no longer kept."""


async def change_own_contact(
    person_id: UUID, role: Role, values: Mapping[str, str], tx: Transaction
) -> bool:
    """At once. False for nobody. Raises InvalidRegistration."""
    known = await _with_new_contact(person_id, role, values, tx)
    if known is None:
        return False
    former, changed = known
    change = _change(person_id, role, role, former, tx)
    await ContactChanges(tx.connection, vault()).add(change)
    await _put_in_force(change, changed, tx)
    await _tell(change, tx)
    return True


async def ask_contact_change(
    person_id: UUID, actor: str, values: Mapping[str, str], way: str, tx: Transaction
) -> bool:
    """Told to the old address at once, in effect after 48 hours. False for nobody, an unknown way
    of checking, and while another change waits. `actor`: `name@association`. Raises
    InvalidRegistration, OwnAffair."""
    await refuse_own(actor, [person_id], tx)
    known = await _with_new_contact(person_id, "person", values, tx)
    if known is None or way not in CHECKED_BY:
        return False
    change = replace(
        _change(person_id, "person", actor, known[1], tx),
        effective_at=tx.now + TAKES_EFFECT_AFTER,
        state="waiting",
        checked_way=way,
    )
    if not await ContactChanges(tx.connection, vault()).add(change):
        return False
    await _note(change, f"asked:{way}", tx)
    await tx.schedule(DUE, change.id, change.effective_at)
    await _tell(change, tx)
    return True


async def make_due_change(change_id: UUID, tx: Transaction) -> None:
    """Nobody stopped it in time."""
    changes = ContactChanges(tx.connection, vault())
    change = await changes.get_for_update(change_id)
    opened = await People(tx.connection, vault()).open(change.person_id) if change else None
    if change is None or opened is None or change.state != "waiting":
        return
    changed = with_contact_of(opened[0], change.role, change.other)
    if has_two_roles(changed):  # since it was asked for, somebody else is reached there
        await _note(change, "refused", tx)
        await changes.set_state(change, "stopped", change.other)
        return
    await _put_in_force(change, changed, tx)
    await changes.set_state(change, "done", opened[0])


async def change_behind(link: bytes, tx: Transaction) -> ContactChange | None:
    """The change that the old address was told of; a guardian's until the 18th birthday only."""
    change_id = await Links(tx.connection).subject("contact", link, tx.now)
    changes = ContactChanges(tx.connection, vault())
    change = await changes.get_for_update(UUID(change_id)) if change_id else None
    if change is not None and change.role == "guardian":
        return change if start_of_birthday(change.other.born, MAJORITY) > tx.now else None
    return change


async def stop_change(link: bytes, tx: Transaction) -> bool:
    """The old address says no: nothing changes, or what was changed is as it was.

    False, and nothing happens, where the child or the guardian is reached at the old contact by
    now: one person would have two roles. An association changes it then.
    """
    change = await change_behind(link, tx)
    opened = await People(tx.connection, vault()).open(change.person_id) if change else None
    if change is None or opened is None or change.state == "stopped":
        return False
    await tx.cancel(DUE, change.id)
    if change.state == "done":
        former = with_contact_of(opened[0], change.role, change.other)
        if has_two_roles(former):
            await _note(change, "refused", tx)
            return False
        await _give_contact(change, former, tx)
    await ContactChanges(tx.connection, vault()).set_state(change, "stopped", change.other)
    await _note(change, "stopped", tx)
    return True


async def forget_former_contact(change_id: UUID, tx: Transaction) -> None:
    """Timer: forget the old contact, once the link that stops the change is over."""
    await ContactChanges(tx.connection, vault()).forget(change_id)


async def former_contact(change_id: UUID, tx: Transaction) -> tuple[UUID, Identity] | None:
    """Whose contact changes, and how they are reached at the old one, for the one message that
    tells it. The caller writes to the ledger."""
    change = await ContactChanges(tx.connection, vault()).get_for_update(change_id)
    if change is None:
        return None
    if change.state == "done":
        return change.person_id, change.other
    opened = await People(tx.connection, vault()).open(change.person_id)
    return (change.person_id, opened[0]) if opened else None


async def _with_new_contact(
    person_id: UUID, role: Role, values: Mapping[str, str], tx: Transaction
) -> tuple[Identity, Identity] | None:
    """Who somebody is, and with another contact."""
    opened = await People(tx.connection, vault()).open(person_id)
    if opened is None:
        return None
    department = await People(tx.connection, vault()).department_of(person_id)
    contact = read_contact(values, department or "", fictional_numbers())
    return opened[0], with_contact(opened[0], role, contact)


def _change(
    person_id: UUID, role: Role, asked_by: str, other: Identity, tx: Transaction
) -> ContactChange:
    """A change that is in force at once, of which nobody has checked who asks."""
    return ContactChange(
        id=tx.new_id(),
        person_id=person_id,
        role=role,
        asked_by=asked_by,
        asked_at=tx.now,
        effective_at=tx.now,
        state="done",
        other=other,
        checked_way=None,
    )


async def _put_in_force(change: ContactChange, changed: Identity, tx: Transaction) -> None:
    await _give_contact(change, changed, tx)
    await _note(change, "changed", tx)


async def _give_contact(change: ContactChange, identity: Identity, tx: Transaction) -> None:
    """What is known of dead ways was about the other address."""
    side = await _side(change.person_id, tx)
    await People(tx.connection, vault()).change_identity(change.person_id, side, identity)
    await judge_contact(change.person_id, side, identity, tx)
    if change.role == "person":
        await note_alive(change.person_id, tx)


async def _tell(change: ContactChange, tx: Transaction) -> None:
    """The old address has a message, with a link that stops it."""
    until = change.effective_at + STOPPED_WITHIN
    if change.role == "guardian":
        until = min(until, start_of_birthday(change.other.born, MAJORITY))
    await Links(tx.connection).keep(
        "contact", change.id, tx.fingerprint("contact", change.id), until
    )
    await tx.schedule(FORGOTTEN, change.id, until)
    side = await _side(change.person_id, tx)
    recipient: Recipient = "guardian" if change.role == "guardian" else side
    tx.publish(
        ContactChanged(
            change_id=change.id,
            person_id=change.person_id,
            recipient=recipient,
            effective_at=change.effective_at,
            waits=change.state == "waiting",
        )
    )


async def _note(change: ContactChange, reason: str, tx: Transaction) -> None:
    await AccessLog(tx.connection).write(
        tx.now, change.asked_by, change.person_id, f"contact:{change.role}", f"contact_{reason}"
    )


async def _side(person_id: UUID, tx: Transaction) -> Side:
    return await People(tx.connection, vault()).side_of(person_id)
