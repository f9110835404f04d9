"""Letting an establishment choose: opened by an operator, looked at, chosen from, until everybody
who can be served is."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.matching.domain.people import Mentee, Mentor
from services.matching.domain.policy import Policy, policy_data
from services.matching.domain.round_input import RoundInput
from services.matching.domain.selection import MOST_PUPILS, Choices, Offer
from services.matching.domain.vocabulary import Vocabulary, with_known_codes
from services.matching.engine.feasible_choices import ChoiceSet
from services.matching.store import MadePair, Programmes
from services.matching.store.selections import Candidate, Pupil, Selection, Selections
from services.matching.store.snapshot import round_input
from services.matching.use_cases.confirm_pairs import confirm_pairs
from shared.contracts.events import PairProposed
from shared.contracts.types import PARIS
from shared.persistence.transaction import Transaction
from shared.service.definition import WorkerContext

KNOWN = Vocabulary()


class InvalidSelection(Exception):
    """A selection cannot be opened so; str() says why, in French."""


@dataclass(frozen=True)
class SelectionView:
    """What the page of a selection shows now. `choices` by request id, of those who wait."""

    selection: Selection
    policy: Policy
    pupils: Sequence[Pupil]
    mentees: Mapping[str, Mentee]
    mentors: Mapping[str, Mentor]
    choices: Mapping[str, Choices]


async def open_selection(
    association: str, request_ids: Sequence[UUID], shown: int, days: int, tx: Transaction
) -> UUID:
    """Open a selection for requests in the hands of an association. Raises InvalidSelection."""
    selections = Selections(tx.connection)
    candidates = await selections.candidates(request_ids, tx.now)
    programme = await _fit(association, request_ids, candidates, tx)
    ends = tx.now + timedelta(days=days)
    selection = Selection(tx.new_id(), association, programme, shown, ends)
    mark = tx.fingerprint("selection", selection.selection_id)
    await selections.open(selection, mark, request_ids, tx.now)
    return selection.selection_id


async def _fit(
    association: str,
    request_ids: Sequence[UUID],
    candidates: Sequence[Candidate],
    tx: Transaction,
) -> str:
    """The programme of all of them, or the reason why they cannot be chosen for together."""
    if not 1 <= len(request_ids) <= MOST_PUPILS or len(set(request_ids)) < len(request_ids):
        raise InvalidSelection(f"De 1 à {MOST_PUPILS} demandes, chacune une fois.")
    known = {one.request_id: one for one in candidates}
    for request_id in request_ids:
        _check(association, request_id, known.get(request_id))
    programmes = {one.programme for one in candidates}
    if len(programmes) > 1:
        raise InvalidSelection("Ces demandes ne sont pas toutes du même programme.")
    (code,) = programmes
    if (await Programmes(tx.connection).with_code(code)).mode != "selection":
        raise InvalidSelection(
            f"Le programme {code} n'est pas en mode « selection » : ses tournées prendraient "
            "ces jeunes à tout moment."
        )
    return code


def _check(association: str, request_id: UUID, known: Candidate | None) -> None:
    if known is None or known.association != association:
        raise InvalidSelection(f"La demande {request_id} n'est pas suivie par {association}.")
    if known.state not in ("waiting", "set_aside"):
        raise InvalidSelection(f"La demande {request_id} n'attend plus.")
    if known.in_selection:
        raise InvalidSelection(f"La demande {request_id} est déjà dans une sélection ouverte.")


async def look(mark: bytes, runtime: WorkerContext) -> SelectionView | None:
    """What the link with this fingerprint shows; None when it is unknown or expired."""
    async with runtime.begin() as tx:
        selections = Selections(tx.connection)
        selection = await selections.behind(mark, tx.now)
        if selection is None:
            return None
        pupils = await selections.pupils(selection.selection_id)
        given = await _round_input(selection, tx)
    # Nobody is held while this is worked out: a choice is judged anew.
    choices = await asyncio.to_thread(_choices, given, selection.shown)
    return SelectionView(
        selection,
        given.policy,
        pupils,
        {mentee.id: mentee for mentee in given.mentees},
        {mentor.id: mentor for mentor in given.mentors},
        {one.mentee_id: one for one in choices},
    )


def _choices(given: RoundInput, shown: int) -> tuple[Choices, ...]:
    return ChoiceSet(given).choices(shown)


async def choose(selection: Selection, request_id: UUID, mentor_id: UUID, tx: Transaction) -> bool:
    """Give a pupil this mentor; false when that is no longer possible, or would leave another
    pupil without anybody. The place is held until the commit, so it is given once."""
    selections = Selections(tx.connection)
    await selections.hold(selection.selection_id)
    if not await selections.free(selection.selection_id, request_id, mentor_id):
        return False
    given = await _round_input(selection, tx)
    offer = await asyncio.to_thread(_check_choice, given, str(request_id), str(mentor_id))
    if offer is None:
        return False
    value = (offer.score, offer.components.by_name())
    taken = (selection.selection_id, request_id, mentor_id)
    made = await selections.take(*taken, value, tx.now)
    if made is None:
        return False
    await _tell(made, selection, tx)
    return True


async def _tell(made: MadePair, selection: Selection, tx: Transaction) -> None:
    """As for a round's pairs; the selection is the round that brought these two together."""
    result, occasion = made.ids(), selection.selection_id
    tx.publish(
        PairProposed(**result, round_id=occasion, score=made.score, components=made.components)
    )
    await confirm_pairs([made], tx)


def _check_choice(given: RoundInput, request_id: str, mentor_id: str) -> Offer | None:
    return ChoiceSet(given).check(request_id, mentor_id)


async def _round_input(selection: Selection, tx: Transaction) -> RoundInput:
    policy = (await Programmes(tx.connection).with_code(selection.programme)).policy
    inputs = await Selections(tx.connection).group(selection.selection_id)
    given = round_input(inputs, policy_data(policy), tx.now.astimezone(PARIS).date())
    return with_known_codes(given, KNOWN)
