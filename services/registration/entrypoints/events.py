"""Event handlers of registration: how far messages and pairs have come, for the tracking page."""

from uuid import UUID

from services.registration.domain.explanation import Explained
from services.registration.store import Erasures, Explanations, Pairs, People, Requests
from services.registration.store.pairs import PairEvent
from services.registration.use_cases.inform_guardian import tell_of_introduction
from services.registration.use_cases.record_reachability import note_bounces
from services.registration.use_cases.reopen_request import reopen_request
from services.registration.use_cases.settle_guardian_check import (
    note_guardian_told,
    note_guardian_unreachable,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import (
    EngagementEnded,
    EngagementRenewed,
    ErasureDone,
    MeetingConfirmed,
    MessageFailed,
    MessageSent,
    PairConfirmed,
    PairIntroduced,
    PairProposed,
    PairReleased,
    PairUndone,
    RequestExplained,
)
from shared.messaging.handlers import handle_together
from shared.persistence.transaction import Transaction


@handle_together(lambda event: [event.person])
async def note_sent(event: MessageSent, tx: Transaction) -> None:
    """Our answer to a registration has left: the person knows that it arrived, and is reached."""
    await note_bounces(event, tx)
    if event.template == "mentee_registered":
        await Requests(tx.connection).acknowledge(event.concerns, tx.now)
    elif event.template == "mentor_registered":
        await People(tx.connection, vault()).mentor_acknowledged(event.concerns, tx.now)
    elif event.template == "guardian_informed":
        await note_guardian_told(event.concerns, tx)


async def note_failed(event: MessageFailed, tx: Transaction) -> None:
    """An address that was refused for good is no way to its person any more; a guardian whom we
    cannot tell is the association's to tell."""
    await note_bounces(event, tx)
    if event.recipient == "guardian" and event.template != "contact_changed":
        await note_guardian_unreachable(UUID(event.person), tx)


async def note_explained(event: RequestExplained, tx: Transaction) -> None:
    """No mentor yet, and why: the young person may read it."""
    opening = event.opens_most
    change, mentors = (opening.change, opening.mentors) if opening else (None, 0)
    entry = Explained(event.kind, event.gate, event.permitted, change, mentors, event.explained_at)
    await Explanations(tx.connection).note(event.request_id, entry)


async def note_proposed(event: PairProposed, tx: Transaction) -> None:
    """Two are put together; where both are asked first, until when."""
    pairs = Pairs(tx.connection)
    await pairs.record_proposed(_pair_event(event), event.components, tx.now)
    if event.answer_until:
        await pairs.record_asked(_pair_event(event), event.answer_until)


async def note_released(event: PairReleased, tx: Transaction) -> None:
    """The pair will not be: the search goes on, as if it had never been proposed."""
    await Pairs(tx.connection).record_released(_pair_event(event), tx.now)


async def note_undone(event: PairUndone, tx: Transaction) -> None:
    """The pair stands no more: for the young person as if it had not been.

    Matching undoes a pair only before it hears of its end: a request that was closed by the end
    waits again there, and so it does here."""
    pairs = Pairs(tx.connection)
    await pairs.record_released(_pair_event(event), tx.now)
    if event.reason != "withdrawn" and await pairs.take_end_back(event.pair_id):
        await reopen_request(event.request_id, event.mentee_id, tx)


async def note_confirmed(event: PairConfirmed, tx: Transaction) -> None:
    """Record that the two were paired: what the tracking page shows."""
    await Pairs(tx.connection).record_confirmed(_pair_event(event), tx.now)


async def note_introduced(event: PairIntroduced, tx: Transaction) -> None:
    """Record the introduction; tell a minor's guardian while the pair stands."""
    await Pairs(tx.connection).record_introduced(_pair_event(event), tx.now)
    if await Pairs(tx.connection).stands(event.pair_id):
        await tell_of_introduction(event.request_id, event.pair_id, tx)


async def note_met(event: MeetingConfirmed, tx: Transaction) -> None:
    """Record the first meeting."""
    await Pairs(tx.connection).record_met(PairEvent(event.pair_id, event.request_id), tx.now)


async def note_renewed(event: EngagementRenewed, tx: Transaction) -> None:
    """Record the new term of an engagement."""
    pair = PairEvent(event.pair_id, event.request_id, event.mentor_id)
    await Pairs(tx.connection).record_renewed(pair, event.term, tx.now)


async def close_request(event: EngagementEnded, tx: Transaction) -> None:
    """The term is over: so is the request, and the young person may ask again. Where the mentor
    left, or matching had undone the pair before, the search goes on instead."""
    pair = PairEvent(event.pair_id, event.request_id, event.mentor_id)
    if event.left == "mentor":
        await Pairs(tx.connection).record_released(pair, tx.now)
        return
    if await Pairs(tx.connection).was_released(event.pair_id):
        return
    await Pairs(tx.connection).record_ended(pair, event.reason, tx.now)
    await Requests(tx.connection).close(event.request_id, "ended", tx.now)


async def note_erased(event: ErasureDone, tx: Transaction) -> None:
    """A service holds nothing more about somebody who was erased."""
    await Erasures(tx.connection).keep_receipt(event.person_id, event.service, tx.now)


def _pair_event(
    event: PairProposed | PairReleased | PairUndone | PairConfirmed | PairIntroduced,
) -> PairEvent:
    return PairEvent(event.pair_id, event.request_id, event.mentor_id, event.association)
