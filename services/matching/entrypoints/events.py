"""Event handlers and RPC endpoints of matching."""

from uuid import UUID

from services.matching.domain.people import MAJORITY
from services.matching.domain.proposition import SIDES
from services.matching.store import (
    Explanations,
    ForeignPair,
    Held,
    Holds,
    Mentors,
    NewMentor,
    NewRequest,
    Pairs,
    Requests,
)
from services.matching.store.births import note_birth
from services.matching.store.blocks import Blocks
from services.matching.store.changes import is_latest
from services.matching.use_cases.erase_person import erase_person
from services.matching.use_cases.judge_clearance import (
    change_clearance,
    correct_mentor_birth,
    lift_hold,
    place_hold,
)
from services.matching.use_cases.remove_person import take_mentor_out
from services.matching.use_cases.set_rows_aside import judge_person
from services.matching.use_cases.undo_pair import Undoing, undo_pair, undo_pairs_apart
from services.matching.use_cases.withdraw_request import withdraw_request
from shared.contracts.events import (
    BirthDateCorrected,
    BirthdayReached,
    ClearanceChanged,
    EngagementEnded,
    HoldLifted,
    HoldPlaced,
    IntroductionFailed,
    MentorLeft,
    MentorRegistered,
    PairIntroduced,
    PersonErased,
    PersonKeptApart,
    ReachabilityChanged,
    RequestConfirmed,
    RequestWithdrawn,
)
from shared.contracts.held import HeldAsked, HeldGiven
from shared.messaging.handlers import handle_together
from shared.persistence.transaction import Transaction


@handle_together(lambda event: [event.mentee_id])
async def open_request(event: RequestConfirmed, tx: Transaction) -> None:
    """The request waits in the pool of its programme; one that is known already goes to the
    association that has it in charge now."""
    holds = Holds(tx.connection)
    await holds.keep_mentee_apart(event.mentee_id, event.apart_from)
    held = await holds.is_held(event.request_id, event.held)
    request = NewRequest(
        event.request_id,
        event.mentee_id,
        event.programme,
        event.association,
        event.criteria.model_dump(mode="json"),
        event.since,
        held,
    )
    await Requests(tx.connection).open(request, tx.now)
    await Requests(tx.connection).move(event.request_id, event.association, event.changed_at)
    await judge_person("requests", event.mentee_id, tx)


@handle_together(lambda event: [event.mentor_id])
async def welcome_mentor(event: MentorRegistered, tx: Transaction) -> None:
    """The volunteer's places are open to every pool."""
    holds = Holds(tx.connection)
    await holds.keep_mentor_apart(event.mentor_id, event.apart_from)
    held = await holds.is_held(event.mentor_id, event.held)
    criteria = event.criteria.model_dump(mode="json")
    mentor = NewMentor(event.mentor_id, event.association, criteria, event.criteria.capacity, held)
    await Mentors(tx.connection).join(mentor, tx.now)
    await judge_person("mentors", event.mentor_id, tx)


async def note_reachability(event: ReachabilityChanged, tx: Transaction) -> None:
    """Nobody is matched whom no message reaches; turn and places are kept."""
    if not await is_latest(tx.connection, "reach", event.person_id, event.changed_at):
        return
    blocks = Blocks(tx.connection)
    if event.reachable:
        await blocks.note_reachable(event.person_id)
    else:
        await blocks.note_unreachable(event.person_id, tx.now)
    await judge_person("requests" if event.side == "mentee" else "mentors", event.person_id, tx)


async def end_hold(event: HoldLifted, tx: Transaction) -> None:
    """Whoever was held is matched from now on, with the old date."""
    if event.side == "mentee" or await is_latest(
        tx.connection, "hold", event.person_id, event.changed_at
    ):
        await lift_hold(event.side, event.person_id, event.request_id, event.apart_from, tx)


async def begin_hold(event: HoldPlaced, tx: Transaction) -> None:
    """A mentor's guardian comes first: nobody new, and nobody met, before that is settled."""
    if await is_latest(tx.connection, "hold", event.person_id, event.changed_at):
        await place_hold(event.person_id, tx)


async def correct_birth(event: BirthDateCorrected, tx: Transaction) -> None:
    """Gates judge by the year of birth that is true; whoever is of age has none."""
    await _take_birth(event, event.birth_year, tx)


async def keep_apart(event: PersonKeptApart, tx: Transaction) -> None:
    """These pairs are never made; one that was, and is not introduced yet, is undone."""
    holds = Holds(tx.connection)
    if event.side == "mentee":
        await holds.keep_mentee_apart(event.person_id, event.apart_from)
    else:
        await holds.keep_mentor_apart(event.person_id, event.apart_from)
    await undo_pairs_apart(event.person_id, event.apart_from, tx)


async def judge_adult(event: BirthdayReached, tx: Transaction) -> None:
    """Somebody is 18 today: gates that protect minors judge them as an adult from now on."""
    if event.age == MAJORITY:
        await _take_birth(event, None, tx)


async def _take_birth(
    event: BirthDateCorrected | BirthdayReached, year: int | None, tx: Transaction
) -> None:
    if not await is_latest(tx.connection, "birth", event.person_id, event.changed_at):
        return
    await note_birth(tx.connection, event.person_id, year)
    if event.side == "mentee":
        await Requests(tx.connection).correct_birth(event.person_id, year)
    else:
        await correct_mentor_birth(event.person_id, year, tx)


async def close_withdrawn(event: RequestWithdrawn, tx: Transaction) -> None:
    """The request leaves its pool for good; its mentor's place is free again."""
    await withdraw_request(event.request_id, tx)


async def note_clearance(event: ClearanceChanged, tx: Transaction) -> None:
    """Who was cleared may not be any more, or is again: rounds and standing pairs follow."""
    if await is_latest(tx.connection, "clearance", event.mentor_id, event.changed_at):
        await change_clearance(event.mentor_id, event.cleared_until, tx)


async def release_pair(event: EngagementEnded, tx: Transaction) -> None:
    """The mentor's place is free, the request is closed, and these two are not put together again.

    A pair that we never made took no place of ours; it is remembered all the same. Where the
    mentor left, the request waits again instead: `mentor.left` says so, whichever comes first.
    """
    if event.left == "mentor":
        return
    pairs = Pairs(tx.connection)
    if await pairs.is_known(event.pair_id):
        await _end_pair(event, tx)
        return
    await _close(event.request_id, tx)
    pair = ForeignPair(event.pair_id, event.request_id, event.mentee_id, event.mentor_id)
    await pairs.remember(pair, event.reason, tx.now)


async def _end_pair(event: EngagementEnded, tx: Transaction) -> None:
    """A pair that was undone before gave its request a turn again: that one stays open."""
    await Requests(tx.connection).lock(event.request_id)
    if await Pairs(tx.connection).end(event.pair_id, event.reason, tx.now):
        await _close(event.request_id, tx)
        await Mentors(tx.connection).give_place_back(event.mentor_id)


async def _close(request_id: UUID, tx: Transaction) -> None:
    await Requests(tx.connection).close(request_id)
    await Explanations(tx.connection).forget(request_id)


async def note_introduced(event: PairIntroduced, tx: Transaction) -> None:
    """Both have their messages; from here on the pair is an engagement."""
    await Pairs(tx.connection).introduce(event.pair_id, tx.now)


async def undo_failed_introduction(event: IntroductionFailed, tx: Transaction) -> None:
    """Place and turn are given back; whoever can be reached is told so."""
    reached = tuple(side for side in SIDES if side != event.side)
    await undo_pair(event.pair_id, Undoing("not_introduced", tell=reached), tx)


async def withdraw_mentor(event: MentorLeft, tx: Transaction) -> None:
    """No place of theirs is open any more, and whoever they accompanied waits again."""
    await take_mentor_out(event.mentor_id, tx)


async def erase(event: PersonErased, tx: Transaction) -> None:
    """Nothing of this person stays with a pool, a pair or a round."""
    await erase_person(event.person_id, event.side, tx)


async def give_held(asked: HeldAsked, tx: Transaction) -> HeldGiven:
    """Everything kept here about a person, for their own export."""
    return HeldGiven(tables=await Held(tx.connection).about(asked.ids))
