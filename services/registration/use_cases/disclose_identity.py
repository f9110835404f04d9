"""Whether a message to one person may hold what is known of another."""

from datetime import date
from uuid import UUID

from services.registration.domain.age import is_minor
from services.registration.domain.disclosure import KnownPair, Refusal, refusal_of
from services.registration.store import Pairs, People
from services.registration.use_cases.vault_provider import vault
from shared.contracts.clearance import is_cleared
from shared.contracts.codes import READING
from shared.contracts.criteria import MentorCriteria
from shared.contracts.types import PARIS
from shared.persistence.transaction import Transaction


async def refuse_disclosure(
    pair_id: UUID | None, people: set[UUID], tx: Transaction
) -> Refusal | None:
    """Why these two people may not be told of each other; None when their pair stands.

    Nothing that is opened here leaves this service, so it is no row of the ledger.
    """
    if pair_id is None:
        return "no_pair"
    pair = await Pairs(tx.connection).get(pair_id)
    today = tx.now.astimezone(PARIS).date()
    minor = await _is_minor(pair, today, tx)
    cleared = await _is_cleared(pair, today, tx)
    return refusal_of(pair, people, minor=minor, cleared=cleared)


async def _is_minor(pair: KnownPair | None, today: date, tx: Transaction) -> bool:
    """Whoever cannot be opened counts as a minor."""
    if pair is None or pair.mentee_id is None:
        return True
    opened = await People(tx.connection, vault()).open(pair.mentee_id)
    return opened is None or is_minor(opened[0].born, today)


async def _is_cleared(pair: KnownPair | None, today: date, tx: Transaction) -> bool:
    if pair is None or pair.mentor_id is None:
        return False
    mentor = await People(tx.connection, vault()).mentor(pair.mentor_id)
    if mentor is None:
        return False
    return is_cleared(
        MentorCriteria.model_validate(mentor["criteria"], context=READING).clearance, today
    )
