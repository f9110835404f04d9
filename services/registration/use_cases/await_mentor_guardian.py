"""The guardian of a mentor of 16 or 17: told, or asked, before the mentor meets anybody."""

from uuid import UUID

from services.registration.domain.declaration import Declaration
from services.registration.domain.identity import Identity
from services.registration.store import GuardianChecks, MentorGuardians, People, date_change
from services.registration.store.guardians import CheckKind
from services.registration.use_cases.ask_consent import (
    ask_guardian_of_mentor,
    forget_question,
    open_question,
)
from services.registration.use_cases.check_guardian import (
    ask_about,
    close_check,
    new_check,
    open_check,
)
from services.registration.use_cases.inform_guardian import tell_guardian
from services.registration.use_cases.plan_minority import plan_minority, start_of_majority
from services.registration.use_cases.prove_contact import prove_contact
from services.registration.use_cases.record_clearance import in_charge_of
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import ConsentGiven, HoldLifted, HoldPlaced
from shared.contracts.types import Lang
from shared.contracts.vocabulary.programmes import guardian_rules
from shared.persistence.transaction import Transaction


def has_guardian(identity: Identity, tx: Transaction) -> bool:
    """Whether this mentor waits for a guardian first."""
    return start_of_majority(identity) > tx.now


async def begin_mentor(mentor_id: UUID, identity: Identity, lang: Lang, tx: Transaction) -> None:
    """Tell or ask the guardian whom we can reach; else an association sees to it."""
    if not has_guardian(identity, tx):
        return
    await plan_minority(mentor_id, identity, tx)
    await MentorGuardians(tx.connection).wait(mentor_id)
    reachable = identity.has_guardian_contact
    if guardian_rules().guardian_15_17 == "informed":
        await _open(mentor_id, "inform", reachable, tx)
        if reachable:
            tell_guardian(mentor_id, mentor_id, "mentor", lang, tx)
    elif reachable:
        await open_question(mentor_id, tx)
        ask_guardian_of_mentor(mentor_id, lang, tx)
    else:
        await _open(mentor_id, "consent", False, tx)


async def hold_for_guardian(
    mentor_id: UUID, identity: Identity, lang: Lang, tx: Transaction
) -> None:
    """A mentor who was matched is 16 or 17 after all: nobody new before the guardian is seen to."""
    await begin_mentor(mentor_id, identity, lang, tx)
    changed_at = await date_change(tx.connection, "hold", mentor_id, tx.now)
    tx.publish(
        HoldPlaced(side="mentor", person_id=mentor_id, request_id=mentor_id, changed_at=changed_at)
    )


async def remind_guardian_of_mentor(mentor_id: UUID, reminder: int, tx: Transaction) -> None:
    """Ask once more, if the mentor still waits."""
    opened = await People(tx.connection, vault()).open(mentor_id)
    if opened and await MentorGuardians(tx.connection).is_awaited(mentor_id):
        ask_guardian_of_mentor(mentor_id, opened[1], tx, reminder)


async def mentor_behind(mentor_id: UUID, tx: Transaction) -> Identity | None:
    """The mentor whose guardian is asked, if they still wait."""
    if not await MentorGuardians(tx.connection).is_awaited(mentor_id):
        return None
    opened = await People(tx.connection, vault()).open(mentor_id)
    return opened[0] if opened else None


async def give_consent_for_mentor(
    mentor_id: UUID, declared: Declaration, tx: Transaction
) -> UUID | None:
    """The guardian says yes: the mentor joins. None when nobody waits for it."""
    identity = await mentor_behind(mentor_id, tx)
    if identity is None:
        return None
    people = People(tx.connection, vault())
    await people.change_identity(mentor_id, "mentor", declared.add_to(identity))
    await MentorGuardians(tx.connection).note_consent(mentor_id, tx.now)
    await prove_contact(mentor_id, "guardian", tx)
    opened = await people.open(mentor_id)
    lang: Lang = opened[1] if opened else "fr"
    tx.publish(ConsentGiven(request_id=mentor_id, mentee_id=mentor_id, side="mentor", lang=lang))
    await release_mentor(mentor_id, "message", tx)
    return mentor_id


async def release_mentor(mentor_id: UUID, how: str, tx: Transaction) -> None:
    """The guardian is seen to: matched from now on, unless they may be somebody known."""
    await close_check(mentor_id, how, tx)
    await forget_question(mentor_id, tx)
    released = await MentorGuardians(tx.connection).release(mentor_id)
    if released and not await People(tx.connection, vault()).is_held(mentor_id):
        changed_at = await date_change(tx.connection, "hold", mentor_id, tx.now)
        tx.publish(
            HoldLifted(
                side="mentor", person_id=mentor_id, request_id=mentor_id, changed_at=changed_at
            )
        )


async def note_unreachable_guardian(mentor_id: UUID, tx: Transaction) -> None:
    """No message reaches the guardian of a minor: the association in charge sees to it."""
    opened = await People(tx.connection, vault()).open(mentor_id)
    if opened is None or not has_guardian(opened[0], tx):
        return
    awaited = await MentorGuardians(tx.connection).is_awaited(mentor_id)
    check = await GuardianChecks(tx.connection).get_for_update(mentor_id)
    if check is not None and check.settled_at is None:
        ask_about(check, tx)
    elif awaited or check is None or check.how == "message":
        asked = awaited and guardian_rules().guardian_15_17 == "asked"
        await _open(mentor_id, "consent" if asked else "inform", False, tx)


async def _open(mentor_id: UUID, kind: CheckKind, by_message: bool, tx: Transaction) -> None:
    association = await People(tx.connection, vault()).association_of_mentor(mentor_id)
    check = new_check(mentor_id, "mentor", kind, in_charge_of(association), tx)
    await open_check(check, by_message, tx)
