"""Group commit: works that come at once are done in one transaction, with shared statements."""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from shared.persistence.batch import Batch, BatchConnection
from shared.persistence.database import ACQUIRE_SECONDS
from shared.persistence.outbox_rows import insert_outbox
from shared.persistence.shared_calls import SharedCalls
from shared.persistence.transaction import Transaction, TransactionFactory
from shared.service.errors import is_transient

R = TypeVar("R")
Work = Callable[[Transaction], Awaitable[Any]]


@dataclass(frozen=True)
class _Work:
    function: Work
    context: Context


class GroupCommit:
    """Commits works of one process. `at_once`: transactions that run beside each other."""

    def __init__(self, transactions: TransactionFactory, at_once: int = 1) -> None:
        self._transactions = transactions
        self._calls = SharedCalls[_Work, Any](self._commit, is_transient, at_once=at_once)

    async def run(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Do a work in a transaction, beside others that wait; alone when one of them fails.

        Returns once it is committed. Raises what the work or the commit raised. Works that come
        together run side by side, as handlers of a batch do (`batch.py`).
        """
        result: R = await self._calls.call(_Work(work, copy_context()))
        return result

    async def _commit(self, works: Sequence[_Work]) -> Sequence[Any]:
        functions = [(work.function, work.context) for work in works]
        return await commit_together(self._transactions, functions)


async def commit_together(
    transactions: TransactionFactory, works: Sequence[tuple[Work, Context]]
) -> Sequence[Any]:
    """The results of works that are done side by side in one transaction, each in its context.

    Raises what the first of them raised; then nothing is done.
    """
    done: dict[int, tuple[Any, Transaction]] = {}

    async def run_one(number: int, work: Work, connection: BatchConnection) -> None:
        tx = transactions.wrap(connection)
        done[number] = (await work(tx), tx)

    async with (
        transactions.pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
        connection.transaction(),
    ):
        await Batch(connection).run(
            [
                (partial(run_one, number, work), context)
                for number, (work, context) in enumerate(works)
            ]
        )
        ended = [done[number] for number in range(len(works))]
        await insert_outbox(connection, [message for _, tx in ended for message in tx.outbox])
    return [result for result, _ in ended]
