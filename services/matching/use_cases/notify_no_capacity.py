"""While no mentor has a place there is no round; whoever waits is told so all the same, once."""

from services.matching.domain.explanation import Explanation, blocking_for
from services.matching.domain.explanation_key import explanation_key
from services.matching.gateways.explanation_file import explanation_data
from services.matching.store import Explanations
from shared.contracts.events import RequestExplained
from shared.service.definition import WorkerContext
from shared.service.worker import periodic

PAUSE_SECONDS = 5.0
AT_ONCE = 500
NOBODY = blocking_for(permitted=0, stopped={}, mentors=0, opens_most=None)


@periodic(PAUSE_SECONDS)
async def notify_no_capacity(runtime: WorkerContext) -> bool:
    """Tell those who wait that no mentor has a place; true: there are more."""
    return await notify_some(runtime, AT_ONCE) == AT_ONCE


async def notify_some(runtime: WorkerContext, most: int) -> int:
    """Tell up to `most` requests that there is no place; returns how many were told."""
    explanation = explanation_data(Explanation("", blocking=NOBODY))
    async with runtime.begin() as tx:
        store = Explanations(tx.connection)
        waiting = await store.keep_no_place(explanation, explanation_key(NOBODY), most)
        for request_id in waiting:
            tx.publish(
                RequestExplained(
                    request_id=request_id, kind="gate", permitted=0, explained_at=tx.now
                )
            )
    return len(waiting)
