"""Setting rows aside: whoever cannot be read or reached is no reason for others to wait."""

from uuid import UUID

from services.matching.domain.vocabulary import UNREACHABLE, Vocabulary, unreadable
from services.matching.store.blocks import Blocks, Row, Table
from shared.persistence.transaction import Transaction

KNOWN = Vocabulary()


async def judge_row(table: Table, row: Row, tx: Transaction, known: Vocabulary = KNOWN) -> bool:
    """Set a row aside, or take it back, as it stands now; true when that changed something."""
    reasons = [*unreadable(row.criteria, row.association, known)]
    if row.unreachable:
        reasons.append(UNREACHABLE)
    if reasons == row.blocked:
        return False
    await Blocks(tx.connection).set(table, row.row_id, reasons, tx.now)
    return True


async def judge_person(
    table: Table, person_id: UUID, tx: Transaction, known: Vocabulary = KNOWN
) -> None:
    """The same for every open row of one person."""
    for row in await Blocks(tx.connection).of_person(table, person_id):
        await judge_row(table, row, tx, known)
