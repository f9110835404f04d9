"""What one run of the pipeline's benchmark is asked to do."""

from dataclasses import dataclass

WARM_UP = 200
"""Registrations before the count begins: pools are open then, plans and caches there."""


@dataclass(frozen=True)
class Plan:
    """`rate`: registrations offered a second, None as fast as the broker confirms. `mails`: 1, all
    associations take charge by hand; 2, at once, and say so. `mentors`: their share, 0 to 1.
    `kills`: how often notification is killed meanwhile; `present`: people and requests that are
    there before."""

    registrations: int = 2_000
    rate: float | None = None
    mails: int = 2
    replicas: int = 1
    kills: int = 0
    mentors: float = 0.0
    present: int = 0

    @property
    def warm_up(self) -> int:
        """Registrations of the warm-up."""
        return min(WARM_UP, self.registrations)
