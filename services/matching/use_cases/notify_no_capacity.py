"""While no mentor has a place there is no round; whoever waits is told so all the same, once."""

import structlog

from services.matching.domain.explanation import Explanation, blocking_for
from services.matching.domain.explanation_key import gist_of
from services.matching.gateways.explanation_file import explanation_data
from services.matching.store import Explanations
from shared.contracts.events import RequestExplained
from shared.service.errors import UNREACHABLE, described
from shared.service.process import Runtime
from shared.service.tasks import wait_for

PAUSE_SECONDS = 5.0
AT_ONCE = 500
NOBODY = blocking_for(permitted=0, stopped={}, mentors=0, opens_most=None)

log = structlog.get_logger()


async def tell_of_no_places(runtime: Runtime) -> None:
    """Look every few seconds until the service stops."""
    while not runtime.stopping.is_set():
        try:
            told = await tell_some(runtime, AT_ONCE)
        except UNREACHABLE as error:
            log.warning("database.unreachable", **described(error))
            told = 0
        if told < AT_ONCE:
            await wait_for(runtime.stopping, PAUSE_SECONDS)


async def tell_some(runtime: Runtime, most: int) -> int:
    """Tell up to `most` requests that there is no place; returns how many were told."""
    explanation = explanation_data(Explanation("", blocking=NOBODY))
    async with runtime.begin() as tx:
        store = Explanations(tx.connection)
        waiting = await store.keep_no_place(explanation, gist_of(NOBODY), most)
        for request_id in waiting:
            tx.emit(
                RequestExplained(
                    request_id=request_id, kind="gate", permitted=0, explained_at=tx.now
                )
            )
    return len(waiting)
