"""How long the runtime waits and when it gives up, in real seconds; the same for all services."""

from dataclasses import dataclass

from shared.messaging.names import RETRY_DELAYS


@dataclass(frozen=True)
class RuntimePolicy:
    """A broker keeps an unanswered delivery for 30 minutes; twice `hold` stays well below."""

    retry_delays: tuple[int, ...] = RETRY_DELAYS
    """Pauses before the repetitions of a message that failed; then it is parked."""
    retain_seconds: float = 300.0
    """How long a delivery waits in hand for a database or broker that is away."""
    retain_interval: float = 2.0
    health_interval: float = 10.0
    """Between two checks that every queue still has a consumer of ours."""
    reattach_after: float = 30.0
    """Without its consumers for so long, the service attaches itself anew."""
    command_timeout: float = 30.0
    """For one command to the database."""
    shutdown_timeout: float = 8.0
    """At the end: for deliveries in hand, then once more for loops and workers."""


DEFAULT_POLICY = RuntimePolicy()
