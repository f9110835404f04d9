"""What matching can be told from outside."""

from datetime import timedelta

from pydantic import Field

from shared.runtime.settings import Settings


class MatchingSettings(Settings):
    """`BINOME_MATCHING_CADENCE` and `BINOME_MATCHING_LEASE`, beside those of every service."""

    matching_cadence: float = Field(default=60.0, ge=0.0)
    """Business minutes between two rounds of a pool."""
    matching_lease: float = Field(default=120.0, ge=1.0)
    """Real seconds after which the round of a replica that fell silent is taken over."""

    @property
    def cadence(self) -> timedelta:
        return timedelta(minutes=self.matching_cadence)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.matching_lease)
