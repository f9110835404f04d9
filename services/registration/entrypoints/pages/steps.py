"""What a partner's link shows of somebody it registered: the steps and their dates."""

from uuid import UUID

from fastapi import Request, Response

from services.registration.domain.tracking import (
    STOPPED,
    Step,
    steps_of_mentor,
    steps_of_request,
)
from services.registration.entrypoints.pages.page_templates import show, show_closed_link
from services.registration.entrypoints.pages.stages import latest_pair, stages_of
from services.registration.store import Erasures, Pairs, People, Requests
from services.registration.use_cases.vault_provider import vault
from shared.persistence.transaction import Transaction


async def show_steps(request: Request, subject: UUID, tx: Transaction) -> Response:
    """No name, no criteria, no reason why something stopped, and nothing to press."""
    steps = await _steps(subject, tx)
    if steps is None or await Erasures(tx.connection).about(subject):
        return show_closed_link(request)
    return show(request, "steps.html", steps=steps)


async def _steps(subject: UUID, tx: Transaction) -> list[Step] | None:
    """None: neither a request nor a mentor."""
    asked = await Requests(tx.connection).with_id(subject)
    if asked is not None:
        pair = latest_pair(await Pairs(tx.connection).of_request(subject))
        return _without_reasons(steps_of_request(stages_of(asked), pair))
    mentor = await People(tx.connection, vault()).mentor(subject)
    if mentor is None:
        return None
    pair = latest_pair(await Pairs(tx.connection).of_mentor(subject))
    steps = steps_of_mentor(
        mentor["registered_at"],
        mentor["acknowledged_at"],
        pair,
        awaits_guardian=mentor["awaits_guardian"],
    )
    return [*steps[:2], Step("over", state="now")] if mentor["closed"] else steps


def _without_reasons(steps: list[Step]) -> list[Step]:
    return [Step("over", one.at, one.state) if one.kind in STOPPED else one for one in steps]
