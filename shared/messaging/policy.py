"""How long the runtime waits and when it gives up, in real seconds; the same for all services."""

from dataclasses import dataclass

from shared.messaging.topology import LADDER


@dataclass(frozen=True)
class Pace:
    """A broker keeps an unanswered delivery for 30 minutes; twice `hold` stays well below."""

    ladder: tuple[int, ...] = LADDER
    """Pauses before the repetitions of a message that failed; then it is parked."""
    hold: float = 300.0
    """How long a delivery waits in hand for a database or broker that is away."""
    hold_step: float = 2.0
    watch: float = 10.0
    """Between two looks at whether every queue still has a consumer of ours."""
    patience: float = 30.0
    """Without its consumers for so long, the service attaches itself anew."""
    stop: float = 8.0
    """At the end: for deliveries in hand, then once more for loops and workers."""


PACE = Pace()
