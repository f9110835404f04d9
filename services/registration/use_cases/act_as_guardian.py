"""What a guardian finds on their lasting page, and what they can stop there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.registration.domain.guardians import start_of_birthday
from services.registration.domain.identity import Identity
from services.registration.domain.request_states import WITHDRAWN
from services.registration.store import AccessLog, GuardianChecks, Links, Pairs, People, Requests
from services.registration.use_cases.forget_guardian import forget_guardian
from services.registration.use_cases.obtain_consent import withdraw_consent
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import MentorLeft
from shared.contracts.types import Side
from shared.persistence.transaction import Transaction

Stage = Literal["asked", "waiting", "checked", "searching", "paired", "stopped", "over", "mentor"]
"""How far the minor's latest request has come, as a guardian is told it."""


@dataclass(frozen=True)
class GuardiansView:
    """The page of one minor: a first name, dates and a stage, nothing of anybody else."""

    person_id: UUID
    side: Side
    child: str
    stage: Stage
    until: datetime
    """The 18th birthday: the page ends."""
    association: str | None = None
    consented_at: datetime | None = None
    told_at: datetime | None = None
    introduced_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def can_stop(self) -> bool:
        """Whether a guardian can still stop the request."""
        return self.stage not in ("stopped", "over")


async def look_as_guardian(link: bytes, tx: Transaction) -> GuardiansView | None:
    """Who the link is about, noted as seen; None: unknown, or the minor is 18."""
    link_subject = await _behind(link, tx)
    if link_subject is None:
        return None
    person_id, identity = link_subject
    await AccessLog(tx.connection).write(tx.now, "guardian", person_id, "first_name", "parent_page")
    return await _view(person_id, identity, tx)


async def withdraw_as_guardian(link: bytes, tx: Transaction) -> bool:
    """Everything about the minor stops; false for a link that is unknown or has ended."""
    link_subject = await _behind(link, tx)
    if link_subject is None:
        return False
    person_id, _ = link_subject
    if await People(tx.connection, vault()).mentor(person_id) is None:
        await withdraw_consent(person_id, tx)
    else:
        await _leave(person_id, tx)
    return True


async def note_objection_to_mentor(mentor_id: UUID, association: str, tx: Transaction) -> bool:
    """The guardian of a minor mentor told the association that sees to it no."""
    check = await GuardianChecks(tx.connection).get_for_update(mentor_id)
    if check is None or check.settled_at or check.association != association:
        return False
    if check.side == "mentor":
        await _leave(mentor_id, tx)
    return check.side == "mentor"


async def _leave(mentor_id: UUID, tx: Transaction) -> None:
    if await People(tx.connection, vault()).leave(mentor_id, tx.now):
        await forget_guardian(mentor_id, tx)
        tx.publish(MentorLeft(mentor_id=mentor_id, reason="left"))


async def _behind(link: bytes, tx: Transaction) -> tuple[UUID, Identity] | None:
    subject = await Links(tx.connection).subject("parent", link, tx.now)
    opened = await People(tx.connection, vault()).open(UUID(subject)) if subject else None
    return (UUID(subject), opened[0]) if subject and opened else None


async def _view(person_id: UUID, identity: Identity, tx: Transaction) -> GuardiansView:
    until, child = start_of_birthday(identity.born, 18), identity.first_name
    requests = Requests(tx.connection)
    request_id = await requests.latest_of(person_id)
    request = await requests.with_id(request_id) if request_id else None
    if request is None:
        left = await People(tx.connection, vault()).get_left_at(person_id)
        stage: Stage = "stopped" if left else "mentor"
        return GuardiansView(person_id, "mentor", child, stage, until, stopped_at=left)
    introduced = await _introduction_time(request.id, tx)
    return GuardiansView(
        person_id=person_id,
        side="mentee",
        child=child,
        stage="paired" if introduced and request.closed_at is None else _stage(request.state),
        until=until,
        association=request.association,
        consented_at=request.consented_at,
        told_at=request.guardian_told_at,
        introduced_at=introduced,
        stopped_at=request.closed_at,
    )


def _stage(state: str) -> Stage:
    if state in WITHDRAWN:
        return "stopped"
    stages: dict[str, Stage] = {
        "awaiting_consent": "asked",
        "placing": "waiting",
        "unrouted": "waiting",
        "routed": "waiting",
        "guardian_check": "checked",
        "confirmed": "searching",
    }
    return stages.get(state, "over")


async def _introduction_time(request_id: UUID, tx: Transaction) -> datetime | None:
    """When the pair that stands was introduced."""
    rows = await Pairs(tx.connection).of_request(request_id)
    standing = [row for row in rows if not row["released_at"] and not row["ended_at"]]
    return standing[-1]["introduced_at"] if standing else None
