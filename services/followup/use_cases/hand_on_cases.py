"""Nothing stays with an association that has left the file."""

from services.followup.store import Alerts, Engagements
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD
from shared.service.definition import WorkerContext
from shared.service.worker import periodic

AGAIN_SECONDS = 3600.0


@periodic(AGAIN_SECONDS, retry_seconds=1.0)
async def hand_on_periodically(runtime: WorkerContext) -> None:
    """Once a process starts, and every hour: the network's head takes over."""
    await hand_on(runtime)


async def hand_on(runtime: WorkerContext) -> None:
    """Running engagements and open alerts of associations that are gone, and alerts of nobody."""
    known = list(ASSOCIATIONS)
    async with runtime.begin() as tx:
        await Engagements(tx.connection).hand_to(NETWORK_HEAD, known)
        await Alerts(tx.connection).hand_to(NETWORK_HEAD, known)
