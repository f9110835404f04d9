"""What happens in the process that weighs a stored round: whom to recruit, read off its prices.

It imports no more than that takes, since somebody waits for it.
"""

from collections.abc import Sequence

from services.matching.domain.recruiting import Signal
from services.matching.engine.marginal_value import signal_of
from services.matching.gateways.certificate_data import certificate_from
from services.matching.store.evidence import StoredRound


def compute_signals(stored: StoredRound) -> Sequence[Signal]:
    """The kinds of mentors that would bring most. Raises InputsGone, NotAsStated."""
    paired = {pair["request_id"] for pair in stored.result or ()}
    return signal_of(stored.to_input(), certificate_from(stored.certificate), paired)
