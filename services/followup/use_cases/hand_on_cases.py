"""Nothing stays with an association that has left the file."""

import structlog

from services.followup.store import Alerts, Engagements
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.service.definition import WorkerContext
from shared.service.errors import TRANSIENT_ERRORS, error_fields
from shared.service.tasks import wait_with_timeout

AGAIN_SECONDS = 3600.0

log = structlog.get_logger()


async def hand_on_periodically(runtime: WorkerContext) -> None:
    """Once a process starts, and every hour: the network's head takes over."""
    while not runtime.stopping.is_set():
        try:
            await hand_on(runtime)
        except TRANSIENT_ERRORS as error:
            log.warning("database.unreachable", **error_fields(error))
            await wait_with_timeout(runtime.stopping, 1.0)
        else:
            await wait_with_timeout(runtime.stopping, AGAIN_SECONDS)


async def hand_on(runtime: WorkerContext) -> None:
    """Running engagements and open alerts of associations that are gone, and alerts of nobody."""
    known = list(ASSOCIATIONS)
    async with runtime.begin() as tx:
        await Engagements(tx.connection).hand_to(NETWORK_HEAD, known)
        await Alerts(tx.connection).hand_to(NETWORK_HEAD, known)
