"""The settings of matching."""

from datetime import timedelta

from pydantic import Field, SecretStr

from shared.service.settings import Settings


class MatchingSettings(Settings):
    """`BINOME_MATCHING_CADENCE`, `…_LEASE`, `…_ARRIVALS_FROM`, `…_INPUTS_DAYS` and
    `…_EVIDENCE_DAYS`, beside those of every service."""

    matching_cadence: float = Field(default=60.0, ge=0.0)
    """Business minutes between two rounds of a pool whose programme has no cadence of its own."""
    matching_lease: float = Field(default=120.0, ge=1.0)
    """Real seconds after which the round of a replica that fell silent is taken over."""
    matching_arrivals_from: int = Field(default=2_000, ge=1)
    """People in the last round of a pool from which those who come later are answered one by one,
    on the prices it left; a smaller pool has another round as fast."""
    matching_inputs_days: int = Field(default=90, ge=1)
    """Real days for which a round can be run again from the pool stored with it."""
    matching_evidence_days: int = Field(default=365, ge=1)
    """The same for a round that failed or held pairs back: somebody may have to look longer."""

    @property
    def cadence(self) -> timedelta:
        """Time between rounds of a changed pool."""
        return timedelta(minutes=self.matching_cadence)

    @property
    def lease(self) -> timedelta:
        """How long a round stays with the replica that claimed it, without a renewal."""
        return timedelta(seconds=self.matching_lease)


class StoreSettings(MatchingSettings):
    """For the command `binome programme`, which writes to the database and needs nothing else."""

    amqp_url: SecretStr = SecretStr("amqp://not-needed")
    secret_key: SecretStr = SecretStr("not-needed")
